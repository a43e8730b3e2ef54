"""Identify the user and the login of a browser tab, so that the browser restores what was typed before a new login."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.middleware.csrf import get_token

from viber_messaging.admin.pages.digests import mark_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """The data for the script that keeps what was typed."""

    user: str
    login: str
    """A digest of a secret that Django changes only with each login."""


def typed_by(request: HttpRequest) -> Typed:
    """Return the digests of this user and this login."""
    get_token(request)
    return Typed(user=str(request.user.pk), login=mark_of("typed", request.META["CSRF_COOKIE"]))
