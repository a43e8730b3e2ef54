"""A message saved once, whoever presses a button of its form twice."""

from django.db import IntegrityError
from django.http import HttpResponseRedirect
from django.utils.translation import gettext as _

from viber_messaging.delivery.storage import tables
from viber_messaging.models import Message, MessageChanged
from viber_messaging.models.intent import Intents
from viber_messaging.models.save_rules import SENT_FIELDS
from viber_messaging.states import MessageState

SEND_BUTTON = "_send"
TICKET = "ticket"
"""A random text in each new form: the same form sent twice makes one message."""


class AlreadySaved(Exception):
    """Somebody, perhaps the same person, has saved this form or sent this draft already."""

    def __init__(self, pk: int) -> None:
        super().__init__(pk)
        self.pk = pk


class SavedRedirect(HttpResponseRedirect):
    """Leads on after a save, and remembers what was saved."""

    def __init__(self, url: str, saved: Message) -> None:
        super().__init__(url)
        self.saved_pk = saved.pk


def give_reference(message: Message, ticket: str) -> None:
    """Let the reference follow from the form and its content, where the form has a ticket."""
    if ticket:
        content = repr([ticket, message.created_by_id, *(str(getattr(message, name)) for name in SENT_FIELDS)])
        message.reference = Intents(tables.alias()).of_form(content)


def lock_draft(message: Message) -> None:
    """Hold the row until the commit; raise AlreadySaved when it is no draft any more."""
    stored = tables.messages().select_for_update().filter(pk=message.pk)
    state = stored.values_list("state", flat=True).first()
    if state is None:
        raise MessageChanged(_("This message was deleted meanwhile."))
    if state != MessageState.DRAFT:
        raise AlreadySaved(message.pk)


def insert(message: Message, ticket: str) -> None:
    """Insert a message under its form's reference, in a transaction; raise AlreadySaved when that was done before."""
    give_reference(message, ticket)
    try:
        with tables.atomic():
            message.save()
    except IntegrityError:
        earlier = tables.messages().select_for_update().filter(reference=message.reference).first()
        if earlier is None:
            raise
        raise AlreadySaved(earlier.pk) from None
