"""Find out who used the reference when the gateway answers 208, "this reference was used before"."""

import enum
import uuid
from collections.abc import Mapping, Sequence

from viber_messaging.delivery.connection import account
from viber_messaging.delivery.queue.claim_statements import Claim
from viber_messaging.delivery.storage import tables
from viber_messaging.delivery.storage.retry import retried
from viber_messaging.states import AttemptOutcome


class Repeat(enum.Enum):
    """Who used the reference before."""

    OURS = enum.auto()
    """Certainly an earlier request for this message."""
    TAKEN_OVER = enum.auto()
    """Perhaps another worker that took over the message meanwhile."""
    UNCLEAR = enum.auto()
    """Unknown; the gateway must be asked."""


@retried
def read(claims: Sequence[Claim], token: uuid.UUID) -> Mapping[int, Repeat]:
    """Return, by message key, who used the references of these messages that were answered with 208."""
    if not claims:
        return {}
    pks = [claim.pk for claim in claims]
    claimed = tables.messages().filter(pk__in=pks, claim_token=token)
    ours = set(claimed.values_list("pk", flat=True))
    before = {*claimed.of_intents().values_list("pk", flat=True), *_in_doubt(claims)}
    return {pk: _meaning(is_held=pk in ours, is_before=pk in before) for pk in pks}


def _meaning(*, is_held: bool, is_before: bool) -> Repeat:
    if not is_held:
        return Repeat.TAKEN_OVER
    return Repeat.OURS if is_before else Repeat.UNCLEAR


def _in_doubt(claims: Sequence[Claim]) -> set[int]:
    """Return the messages with an earlier attempt, made with this account, that may have arrived."""
    tried_before = [claim.pk for claim in claims if claim.number > 1]
    if not tried_before:
        return set()
    unknown = tables.attempts().filter(message__in=tried_before, outcome=AttemptOutcome.UNKNOWN)
    return set(unknown.filter(account_mark__in=("", *account.marks())).values_list("message_id", flat=True))
