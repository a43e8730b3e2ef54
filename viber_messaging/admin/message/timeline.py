"""The history of a message: who did what when, what the gateway said, and what comes next."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.utils import timezone
from django.utils.translation import gettext as _

from viber_messaging.admin.message.attempts import AttemptRow, rows_of
from viber_messaging.admin.message.other_half import other_half
from viber_messaging.admin.pages.sentences import in_own_words
from viber_messaging.models import Message
from viber_messaging.states import FINAL_STATES, AttemptOutcome, MessageChannel, MessageState

SAID_OTHERWISE = ("[]", '[{"added": {}}]')
"""Django's log entries for an unchanged form and for a new object, which are skipped: the author is shown first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One line of the history."""

    moment: datetime
    title: str
    detail: str = ""
    look: str = ""
    """The suffix of its CSS class: a state, or the outcome of an attempt."""
    is_ahead: bool = False
    way: str = ""
    """The channel, in a story of two ways."""


def story_of(message: Message, attempts: list[AttemptRow]) -> list[Event]:
    """Return what happened to a message, the oldest first, and finally what will happen automatically.

    What happened to the SMS instead of it, or to the Viber message before it, belongs to the same story.
    """
    half = other_half(message)
    if half is None:
        return _in_order(_events(message, attempts))
    told = {message: attempts, half: rows_of(half)}
    viber_first = sorted(told, key=lambda one: one.channel == MessageChannel.SMS)
    return _in_order([event for one in viber_first for event in _of_way(one, told[one])])


def _of_way(message: Message, attempts: list[AttemptRow]) -> Iterator[Event]:
    """Yield the events of one way; an SMS is created and queued at once, for its Viber message."""
    way = MessageChannel(message.channel)
    for event in _events(message, attempts):
        if not (way == MessageChannel.SMS and event.look == MessageState.DRAFT):
            yield replace(event, way=str(way.label))


def _in_order(events: Iterable[Event]) -> list[Event]:
    return sorted(events, key=lambda event: (event.is_ahead, event.moment))


def _events(message: Message, attempts: list[AttemptRow]) -> Iterator[Event]:
    """Yield the events of one message; a press and its effect may have the same time, and the press comes first."""
    written, *queued = _beginnings(message)
    decisions = list(_decisions(message))
    yield from [written, *decisions, *queued]
    yield from _attempts(message, attempts)
    yield from _endings(message, attempts, decisions)
    yield from _prospects(message)


def _beginnings(message: Message) -> Iterator[Event]:
    author_key: Any = message.created_by_id  # of any type that the site's users have
    author = get_user_model()._default_manager.filter(pk=author_key).first()
    yield Event(
        # A campaign queues its messages in one statement, a moment before each record says that it was created.
        moment=min(message.created_at, message.queued_at or message.created_at),
        title=_("Created"),
        detail=author.get_username() if author else "",
        look=MessageState.DRAFT,
    )
    if message.queued_at:
        yield Event(moment=message.queued_at, title=_("Queued"), look=MessageState.QUEUED)


def _decisions(message: Message) -> Iterator[Event]:
    """Yield what people did, from Django's log."""
    kind = ContentType.objects.get_for_model(Message, for_concrete_model=False)
    entries = LogEntry.objects.filter(content_type=kind, object_id=str(message.pk)).select_related("user")
    for entry in entries.order_by("action_time"):
        is_django = entry.change_message.startswith("[")
        what = entry.get_change_message() if is_django else in_own_words(entry.change_message)
        if what and entry.change_message not in SAID_OTHERWISE:
            yield Event(moment=entry.action_time, title=what, detail=entry.user.get_username())


def _attempts(message: Message, attempts: list[AttemptRow]) -> Iterator[Event]:
    """Yield the attempts, but not the one that the gateway accepted, which is told as the acceptance."""
    for attempt in attempts:
        if message.accepted_at and attempt.outcome == AttemptOutcome.ACCEPTED:
            continue
        yield Event(
            moment=attempt.started_at,
            title=_("Attempt %(number)s: %(outcome)s") % {"number": attempt.number, "outcome": attempt.outcome_label},
            detail=attempt.said or attempt.meaning,
            look=attempt.outcome,
        )


def _endings(message: Message, attempts: list[AttemptRow], decisions: list[Event]) -> Iterator[Event]:
    if message.accepted_at:
        yield Event(moment=message.accepted_at, title=_("Accepted by the gateway"), look=MessageState.ACCEPTED)
    is_over = message.state in FINAL_STATES and not _is_told(message, attempts, decisions)
    if message.completed_at and is_over:
        state = MessageState(message.state)
        yield Event(moment=message.completed_at, title=str(state.label).capitalize(), look=state)


def _is_told(message: Message, attempts: list[AttemptRow], decisions: list[Event]) -> bool:
    """Return whether the last attempt or the last press already tells how it ended."""
    if message.state == MessageState.CANCELLED:
        return bool(decisions) and decisions[-1].title == _("Cancelled")
    is_refused = message.state == MessageState.REJECTED and bool(attempts)
    return is_refused and attempts[0].outcome == AttemptOutcome.REJECTED


def _prospects(message: Message) -> Iterator[Event]:
    titles = {
        MessageState.QUEUED: _("It will be sent"),
        MessageState.UNCONFIRMED: _("The gateway will be asked"),
        MessageState.ACCEPTED: _("The gateway will be asked"),
    }
    title = titles.get(MessageState(message.state))
    if title and message.next_attempt_at and message.next_attempt_at > timezone.now():
        yield Event(moment=message.next_attempt_at, title=title, is_ahead=True)
