"""Count the messages that an action changed, and their current states."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping

from django.contrib import messages
from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from viber_messaging.admin.pages.banner import find_problem
from viber_messaging.admin.pages.sentences import Sentence
from viber_messaging.delivery.storage import tables
from viber_messaging.states import TROUBLED_STATES, MessageState

LOOKED_AT = 1000
"""The most messages that can have been sent inside one request (INLINE_LIMIT)."""


def put_on_their_way(pks: list[int]) -> Iterator[Sentence]:
    """Yield the states of messages that were just queued, and what holds them up."""
    counts, problem = _states_of(pks), find_problem()
    waits = problem is not None and counts[MessageState.QUEUED] > 0
    sentence = ngettext(
        "%(count)s message was processed: %(states)s.",
        "%(count)s messages were processed: %(states)s.",
        len(pks),
    )
    level = messages.WARNING if waits or TROUBLED_STATES & counts.keys() else messages.SUCCESS
    yield level, sentence % {"count": len(pks), "states": counted(counts)}
    if problem is not None and waits:
        yield messages.WARNING, _("Waiting in the queue: %(why)s") % {"why": problem.explanation}


def left(count: int, why: str) -> Iterator[Sentence]:
    """Yield how many messages were not changed, and why."""
    if count > 0:
        sentence = ngettext(
            "%(count)s message was not changed: %(why)s.",
            "%(count)s messages were not changed: %(why)s.",
            count,
        )
        yield messages.WARNING, sentence % {"count": count, "why": why}


def left_unsent(count: int) -> Iterator[Sentence]:
    """Yield how many messages are not sent because their recipients opted out."""
    if count:
        sentence = ngettext(
            "%(count)s message is not sent: the recipient opted out.",
            "%(count)s messages are not sent: the recipients opted out.",
            count,
        )
        yield messages.WARNING, sentence % {"count": count}


def counted(counts: Mapping[MessageState, int]) -> str:
    """Return counts by state in words; an empty string if all are zero."""
    return ", ".join(f"{counts[state]} {state.label}" for state in MessageState if counts.get(state))


def named(states: Collection[MessageState]) -> str:
    """Return states in words, in the order of a message's states."""
    return ", ".join(str(state.label) for state in MessageState if state in states)


def _states_of(pks: list[int]) -> Counter[MessageState]:
    """Count by state; messages after LOOKED_AT are queued, because nobody can have sent them yet."""
    rows = tables.messages().filter(pk__in=pks[:LOOKED_AT]).order_by().values("state").annotate(count=Count("pk"))
    counts = Counter({MessageState(row["state"]): row["count"] for row in rows})
    if len(pks) > LOOKED_AT:
        counts[MessageState.QUEUED] += len(pks) - LOOKED_AT
    return counts
