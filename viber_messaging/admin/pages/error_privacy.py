"""Protect error mails of the admin's pages: they show no posted data, no cookies, and no local variables."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import Error
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.template.response import SimpleTemplateResponse
from django.views.decorators.debug import sensitive_post_parameters

from viber_messaging.admin import absent_tables
from viber_messaging.gateway.masks import HiddenStr
from viber_messaging.logs.tracebacks import without_locals

View = Callable[..., HttpResponseBase]


def discreet(view: View) -> View:
    """Protect a view. Do not wrap the result: the outermost frame would show its local variables."""
    guarded = sensitive_post_parameters()(_rendering_discreetly(without_locals(view)))

    @wraps(view)
    def respond(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        # Django keeps messages for the next page in a cookie, such as "Olena +380971234567 was changed".
        request.COOKIES = {name: HiddenStr(value) for name, value in request.COOKIES.items()}
        try:
            return guarded(request, *args, **kwargs)
        except Error as error:
            return absent_tables.instead_of(error, request)

    return respond


def _rendering_discreetly(view: View) -> View:
    """Also protect the rendering of the page, which Django does after the view has returned."""

    @wraps(view)
    def respond(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        if isinstance(response, SimpleTemplateResponse):
            response.render = _discreetly(response.render, request)  # type: ignore[method-assign]
        return response

    return respond


def _discreetly(render: Callable[[], Any], request: HttpRequest) -> Callable[[], Any]:
    guarded = without_locals(render)

    def respond() -> Any:
        try:
            return guarded()
        except Error as error:
            return absent_tables.instead_of(error, request)

    return respond
