"""One page of an admin as a class-based view that gets its ``model_admin``."""

from collections.abc import Callable
from typing import Any, ClassVar, TypeVar

from django.core.exceptions import PermissionDenied
from django.db import connections, transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.decorators import classonlymethod
from django.views import View

ViewT = TypeVar("ViewT", bound=Callable[..., HttpResponseBase])


def outside_transactions(view: ViewT) -> ViewT:
    """Exempt a view from every database's ATOMIC_REQUESTS, because the gateway is never asked inside a transaction."""
    for alias in connections:
        transaction.non_atomic_requests(using=alias)(view)
    return view


class AdminView(View):
    """A page that uses its ``model_admin`` for permissions and rendering."""

    http_method_names = ["get", "post", "head"]
    model_admin: Any = None
    is_outside_transactions: ClassVar[bool] = False
    """Whether the page ignores ATOMIC_REQUESTS, because it may ask the gateway or takes long."""

    @classonlymethod
    def as_view(cls, **initkwargs: Any) -> Callable[..., HttpResponseBase]:  # noqa: N805 (Django's classonlymethod)
        """Return the view, outside transactions if the page requires it."""
        view = super().as_view(**initkwargs)
        return outside_transactions(view) if cls.is_outside_transactions else view

    def require(self, is_allowed: bool) -> None:
        """Raise PermissionDenied unless the user is allowed to do this."""
        if not is_allowed:
            raise PermissionDenied

    def render(self, template: str, **context: Any) -> HttpResponse:
        """Show the page inside the admin."""
        response: HttpResponse = self.model_admin.render_page(self.request, template, **context)
        return response

    def go_to(self, page: str, *args: object) -> HttpResponse:
        """Redirect to one of this model's pages."""
        return HttpResponseRedirect(self.model_admin.url_to(page, *args))

    def notify(self, level: int, sentence: str) -> None:
        """Show the result to the user on the next page."""
        self.model_admin.message_user(self.request, sentence, level)
