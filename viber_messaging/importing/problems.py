"""Why a row is not imported: problems of the phone, the cell, or the row."""

from collections.abc import Mapping
from enum import StrEnum
from itertools import chain
from typing import Final, TypeAlias

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from viber_messaging.spreadsheets import ROW_MESSAGES, RowProblem
from viber_messaging.text.phones import MESSAGES, PhoneProblem


class RecordProblem(StrEnum):
    """Problems of a row other than its phone; ``CONTENT`` and ``SENDER`` have a detail."""

    REPEATED = "repeated"
    REPEATED_MESSAGE = "repeated_message"
    LONG_NAME = "long_name"
    LONG_VALUE = "long_value"
    TIME = "time"
    CONTENT = "content"
    SENDER = "sender"


RECORD_MESSAGES: Final[Mapping[RecordProblem, Promise]] = {
    RecordProblem.REPEATED: _("This phone number repeats row %(row)s; only the first row is used."),
    RecordProblem.REPEATED_MESSAGE: _("This message repeats row %(row)s; only the first row is used."),
    RecordProblem.SENDER: _("There is no sender with this name; use one of these: %(detail)s"),
    RecordProblem.LONG_NAME: _("The name in %(cell)s is longer than 200 characters; shorten it."),
    RecordProblem.LONG_VALUE: _("The text in %(cell)s is longer than 1000 characters; shorten it."),
    RecordProblem.TIME: _("There is no time in %(cell)s; enter one such as 23.11.2026 09:30, or leave the cell blank."),
    RecordProblem.CONTENT: _("This message cannot be sent: %(detail)s"),
}

Reason: TypeAlias = PhoneProblem | RowProblem | RecordProblem

SENTENCES: Final[Mapping[Reason, Promise]] = dict(
    chain[tuple[Reason, Promise]](MESSAGES.items(), ROW_MESSAGES.items(), RECORD_MESSAGES.items())
)
REASONS: Final[Mapping[str, Reason]] = {str(reason): reason for reason in SENTENCES}


def sentence_of(reason: Reason, **params: object) -> str:
    """Return ``reason`` as a sentence, in the active language."""
    return str(SENTENCES[reason]) % params
