"""The ownership of uploads: each user sees only their own."""

import re

from django.http import Http404, HttpRequest

from viber_messaging.importing import Subject
from viber_messaging.importing.uploads import kept_imports
from viber_messaging.models import StagedImport
from viber_messaging.models.staged import TOKEN_LENGTH

TOKEN = re.compile(rf"[-\w]{{{TOKEN_LENGTH}}}", re.ASCII)


class Gone(Exception):
    """Raised when an upload was already imported (``done``), or no longer exists (``done`` is None)."""

    def __init__(self, done: StagedImport | None = None) -> None:
        super().__init__()
        self.done = done


def owner_of(request: HttpRequest) -> str:
    """Return the owner of this user's uploads."""
    return str(request.user.pk)


def find(request: HttpRequest, subject: Subject, token: str) -> StagedImport:
    """Return this user's pending upload. Raises Gone, and Http404 for one that was never theirs."""
    if not TOKEN.fullmatch(token):
        raise Http404
    found: StagedImport | None = kept_imports().filter(token=token).first()
    if found is None:
        raise Gone
    if (found.owner, found.subject) != (owner_of(request), subject):
        raise Http404
    if found.done_at is not None:
        raise Gone(found)
    return found
