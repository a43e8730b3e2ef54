"""Save a message only once, even if a button of its form is pressed twice."""

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
"""The field with a random text in each new form, so that a form submitted twice creates one message."""


class AlreadySaved(Exception):
    """Raised when this form was already saved, or this draft already sent, perhaps by the same person."""

    def __init__(self, pk: int) -> None:
        super().__init__(pk)
        self.pk = pk


class SavedRedirect(HttpResponseRedirect):
    """A redirect after a save that remembers what was saved."""

    def __init__(self, url: str, saved: Message) -> None:
        super().__init__(url)
        self.saved_pk = saved.pk


def give_reference(message: Message, ticket: str) -> None:
    """Derive the reference from the form and its content, if the form has a ticket."""
    if ticket:
        content = repr([ticket, message.created_by_id, *(str(getattr(message, name)) for name in SENT_FIELDS)])
        message.reference = Intents(tables.alias()).of_form(content)


def lock_draft(message: Message) -> None:
    """Lock the row until the commit; raise AlreadySaved if it is no longer a draft."""
    stored = tables.messages().select_for_update().filter(pk=message.pk)
    state = stored.values_list("state", flat=True).first()
    if state is None:
        raise MessageChanged(_("This message was deleted in the meantime."))
    if state != MessageState.DRAFT:
        raise AlreadySaved(message.pk)


def insert(message: Message, ticket: str) -> None:
    """Insert a message with its form's reference, in a transaction; raise AlreadySaved if it exists."""
    give_reference(message, ticket)
    try:
        with tables.atomic():
            message.save()
    except IntegrityError:
        earlier = tables.messages().select_for_update().filter(reference=message.reference).first()
        if earlier is None:
            raise
        raise AlreadySaved(earlier.pk) from None
