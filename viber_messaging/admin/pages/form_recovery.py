"""Whose tab it is, and since which login: what was typed before another login is put back by the browser."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.middleware.csrf import get_token

from viber_messaging.admin.pages.digests import mark_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What a page tells the script that keeps what was typed."""

    user: str
    login: str
    """A digest of a secret that Django changes with each login and with nothing else."""


def typed_by(request: HttpRequest) -> Typed:
    """Return the marks of this person and this login."""
    get_token(request)
    return Typed(user=str(request.user.pk), login=mark_of("typed", request.META["CSRF_COOKIE"]))
