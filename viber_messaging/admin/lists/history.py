"""Record imports and exports of whole lists in Django's admin log: who imported which file, who exported what."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.http import HttpRequest
from import_export.signals import post_import

from viber_messaging.admin.pages.sentences import in_own_words

SHOWN = 5
LONGEST = 200
"""The most characters that LogEntry can store."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """One import or export, by whom and when."""

    moment: datetime
    by: str
    what: str


def note_import(request: HttpRequest, model: type[Any], what: str) -> None:
    """Record an import, with file and counts, and send django-import-export's signal."""
    _note(request, model, ADDITION, what)
    post_import.send_robust(sender=None, model=model)


def note_export(request: HttpRequest, model: type[Any], what: str) -> None:
    """Record an export, with what and how many rows."""
    _note(request, model, CHANGE, what)


def imports_of(model: type[Any]) -> list[Noted]:
    """Return the last imports, the newest first."""
    return _last(model, ADDITION)


def exports_of(model: type[Any]) -> list[Noted]:
    """Return the last exports, the newest first."""
    return _last(model, CHANGE)


def _note(request: HttpRequest, model: type[Any], flag: int, what: str) -> None:
    person: Any = request.user
    LogEntry.objects.create(
        user_id=person.pk,
        content_type=ContentType.objects.get_for_model(model),
        object_repr=what[:LONGEST],
        action_flag=flag,
        change_message=what,
    )


def _last(model: type[Any], flag: int) -> list[Noted]:
    """Return the entries of a list; entries of a single object have that object's key."""
    entries = LogEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(model), action_flag=flag, object_id=None
    ).select_related("user")
    return [
        Noted(moment=entry.action_time, by=str(entry.user), what=in_own_words(entry.change_message))
        for entry in entries[:SHOWN]
    ]
