"""The admin's log entries about a person, which name recipients as they were and outlive them."""

from typing import Any

from django.apps import apps
from django.db import router
from django.db.models import Q

from viber_messaging.delivery.people.person import Person
from viber_messaging.models import Recipient

GONE = "–"
"""Replaces an erased name."""


def entries_about(person: Person) -> Any:
    """Return the entries about this person, from the log's database; None if the site has no admin."""
    if not apps.is_installed("django.contrib.admin"):
        return None
    model: Any = apps.get_model("admin", "LogEntry")
    entries = model._default_manager.using(router.db_for_write(model))
    ours = entries.filter(content_type__app_label=Recipient._meta.app_label)
    of_recipients = ours.filter(content_type__model=Recipient._meta.model_name)
    names_phone = Q(object_repr__contains=person.phone) | Q(change_message__contains=person.phone)
    keys = {str(pk) for pk in person.recipients}
    # A deleted recipient may have had another phone before. Its entries are found by their common key.
    keys.update(of_recipients.filter(names_phone).exclude(object_id=None).values_list("object_id", flat=True))
    return ours.filter(Q(content_type__model=Recipient._meta.model_name, object_id__in=keys) | names_phone)


def erase(person: Person, *, is_rehearsal: bool) -> int:
    """Remove the phone and name from the log; return the number of entries."""
    entries = entries_about(person)
    if entries is None:
        return 0
    if is_rehearsal:
        return int(entries.count())
    return int(entries.update(object_repr=GONE, change_message=""))
