"""The border of the admin's pages: an error mail shows neither what was posted, nor cookies, nor any frame's locals."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.template.response import SimpleTemplateResponse
from django.views.decorators.debug import sensitive_post_parameters

from viber_messaging.gateway.masks import HiddenStr
from viber_messaging.logs.tracebacks import without_locals

View = Callable[..., HttpResponseBase]


def discreet(view: View) -> View:
    """Put a view behind the border. Nothing may be wrapped around it: the outermost frame would show what it holds."""
    guarded = sensitive_post_parameters()(_rendering_discreetly(without_locals(view)))

    @wraps(view)
    def respond(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        # Django keeps in a cookie what it says on the next page: "Olena +380971234567 was changed".
        request.COOKIES = {name: HiddenStr(value) for name, value in request.COOKIES.items()}
        return guarded(request, *args, **kwargs)

    return respond


def _rendering_discreetly(view: View) -> View:
    """Put the rendering of the page behind the border, too: Django does that after the view has returned."""

    @wraps(view)
    def respond(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        if isinstance(response, SimpleTemplateResponse):
            response.render = without_locals(response.render)  # type: ignore[method-assign]
        return response

    return respond
