"""What a person wrote while the session ended: kept until the login, and put back into the form."""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import BaseForm, Field, MultiValueField
from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.urls import URLPattern
from django.utils.translation import gettext as _

from viber_messaging.admin.base import BaseAdmin

KEY = "viber_messaging_unsaved"
KEPT_SECONDS = 3600
LONGEST = 60_000
"""Characters of a form that are kept, as a browser posts them: a Ukrainian letter is six, an emoji twelve."""

View = Callable[..., HttpResponseBase]


class KeepingAdmin(BaseAdmin):
    """An admin whose forms survive that one has to log in again. Nothing is sent or saved by that."""

    @property
    def urls(self) -> list[URLPattern]:
        """Return the URLs; those of the forms keep what is posted to them without a session."""
        patterns = super().urls
        for pattern in patterns:
            if str(pattern.name).endswith(("_add", "_change")):
                pattern.callback = _keeping(pattern.callback)
        return patterns

    def put_back(self, request: HttpRequest, form: BaseForm) -> None:
        """Put what was kept back into its form, once."""
        kept = _take(request) if request.method == "GET" else None
        if kept is None:
            return
        for name, field in form.fields.items():
            form.initial[name] = _value_of(field, kept, name)
        said = _("You had to log in again. What you wrote is below; it is neither saved nor sent yet.")
        self.message_user(request, said, messages.WARNING)


def _value_of(field: Field, kept: QueryDict, name: str) -> Any:
    """Return what was written into a field; of a date and a time their moment, if they make one."""
    written = field.widget.value_from_datadict(kept, {}, name)
    if not isinstance(field, MultiValueField):
        return written
    try:
        return field.clean(written)
    except ValidationError:
        return None


def _keeping(view: View) -> View:
    @wraps(view)
    def keep_and_go_on(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "POST" and not request.user.is_authenticated:
            _keep(request)
        return view(request, *args, **kwargs)

    return keep_and_go_on


def _keep(request: HttpRequest) -> None:
    """Keep what was posted, if the browser had a session before: nobody else can have been writing here."""
    written = request.POST.copy()
    written.pop("csrfmiddlewaretoken", None)
    text = written.urlencode()
    if settings.SESSION_COOKIE_NAME in request.COOKIES and len(text) <= LONGEST:
        request.session[KEY] = {"path": request.path, "text": text, "until": time.time() + KEPT_SECONDS}


def _take(request: HttpRequest) -> QueryDict | None:
    """Return what was kept of this very form, and forget it."""
    kept: dict[str, Any] = request.session.get(KEY, {})
    if kept.get("path") != request.path:
        return None
    del request.session[KEY]
    return QueryDict(kept["text"]) if kept["until"] > time.time() else None
