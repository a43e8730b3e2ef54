"""Everything stored about one person, for that person to see; the counterpart of ``erasure``.

Each field of our models is either listed in EXPORTED or, with the reason, in WITHOUT; a test checks this.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.db.models import Model

from viber_messaging.delivery.people import admin_log
from viber_messaging.delivery.people.person import Person
from viber_messaging.delivery.storage import tables
from viber_messaging.models import (
    Campaign,
    Connection,
    ConsentChange,
    KeptSearch,
    Message,
    Recipient,
    RecipientGroup,
    SendAttempt,
    Sender,
    StagedImport,
    StagedPiece,
)
from viber_messaging.models.mixins.content import CONTENT_FIELDS
from viber_messaging.models.mixins.fallback import FALLBACK_FIELDS

RECIPIENT = ("phone", "name", "attributes", "opted_out_at")
CONSENT = ("phone", "is_opted_out", "source", "created_at")
MESSAGE = (
    "reference", "channel", "phone", *CONTENT_FIELDS, *FALLBACK_FIELDS, "scheduled_at", "state", "created_at",
    "queued_at", "accepted_at", "completed_at", "msg_id", "status_code", "error", "key", "metadata", "about_model",
    "about_id",
)  # fmt: skip
ATTEMPT = (
    "number", "started_at", "finished_at", "outcome", "http_status", "status_code", "msg_id", "error", "reply",
)  # fmt: skip
LOG_ENTRY = ("action_time", "object_repr", "change_message")

EXPORTED: Mapping[type[Model], Sequence[str]] = {
    Recipient: (*RECIPIENT, "groups"),
    ConsentChange: CONSENT,
    Message: (*MESSAGE, "campaign"),
    SendAttempt: ATTEMPT,
}
"""The fields of each model that are disclosed."""

OF_STAFF = "names the staff member who did it, and says nothing about the person"
INTERNAL = "an internal key, counter or mark"
SHORT_LIVED = "cannot be searched for one person; deleted after a day, and completely when anybody's data is erased"
OF_NOBODY = "is about the site, not about a person"
_MESSAGE_S_OWN = (
    "id", "attempt_count", "account_mark", "vouched_mark", "vouched_count", "claim_token", "claimed_at",
    "worker_deaths", "next_attempt_at", "is_recipient_gone", "fallback_of", "recall", "expires_at", "sms_count",
)  # fmt: skip
WITHOUT: Mapping[type[Model], Mapping[str, str] | str] = {
    Recipient: {"id": INTERNAL, "folded_name": "a copy of the name for searches; the database derives it"},
    ConsentChange: {"id": INTERNAL, "created_by": OF_STAFF},
    Message: {
        **dict.fromkeys(_MESSAGE_S_OWN, INTERNAL),
        "recipient": "the person, included as the recipient",
        "created_by": OF_STAFF,
    },
    SendAttempt: {"id": INTERNAL, "account_mark": INTERNAL, "message": "included in its message"},
    KeptSearch: SHORT_LIVED,
    StagedImport: SHORT_LIVED,
    StagedPiece: SHORT_LIVED,
    Campaign: "written once for everybody; the texts that the person got are in the messages",
    RecipientGroup: "its name is included with the recipient",
    Sender: OF_NOBODY,
    Connection: OF_NOBODY,
}
"""What is not disclosed, with the reason: single fields, or a whole model."""


def export(phone: str) -> dict[str, Any]:
    """Return everything stored about the person with this phone (E.164), as values that DjangoJSONEncoder can write."""
    person = Person.of(phone)
    return {
        "phone": phone,
        "recipients": [_recipient(row) for row in tables.recipients().filter(phone=phone)],
        "consent_changes": _rows(tables.consent_changes().filter(phone=phone), CONSENT),
        "messages": list(_messages(person)),
        "log_entries": _rows(entries, LOG_ENTRY) if (entries := admin_log.entries_about(person)) is not None else [],
    }


def _recipient(recipient: Recipient) -> dict[str, Any]:
    groups = tables.groups().filter(recipients=recipient.pk).order_by("name").values_list("name", flat=True)
    return {**{name: getattr(recipient, name) for name in RECIPIENT}, "groups": list(groups)}


def _messages(person: Person) -> Iterator[dict[str, Any]]:
    """Yield the messages with their attempts and, if they have one, the campaign's name."""
    for message in person.messages().select_related("campaign").order_by("pk"):
        attempts = tables.attempts().filter(message=message.pk)
        yield {
            **{name: getattr(message, name) for name in MESSAGE},
            "campaign": message.campaign.name if message.campaign else None,
            "attempts": _rows(attempts, ATTEMPT),
        }


def _rows(found: Any, names: Iterable[str]) -> list[dict[str, Any]]:
    return list(found.order_by("pk").values(*names))
