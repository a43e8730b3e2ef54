"""One row of the table of actions: everything about one action on messages."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q
from django.utils.functional import Promise

from viber_messaging.admin.pages.sentences import Sentence
from viber_messaging.delivery.sms.weight import SmsWeight
from viber_messaging.delivery.storage import tables
from viber_messaging.models import Message
from viber_messaging.models.message_queries import MessageQuerySet


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """The question before more than one message is changed."""

    title: Promise
    button: Any
    possible: Q
    """The messages that the action applies to."""
    warning: Promise | str = ""
    weigh: Callable[[MessageQuerySet], SmsWeight] | None = None
    """What these messages take as SMS, if they are sent so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """The result of an action."""

    fitting: MessageQuerySet
    """The selected messages that the action still applies to; they were skipped, but not because of their state."""
    total: int
    """How many messages were selected."""
    pks: Sequence[int]
    """The messages that were changed."""
    answer: Any = None
    """The gateway's answer, if it was asked."""

    @property
    def untouched(self) -> int:
        """Return how many messages were not changed."""
        return self.total - len(self.pks)


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """The action on one message's page: offered in these states, and for these errors of doubt or failure."""

    label: Promise
    states: frozenset[str] = frozenset()
    errors: frozenset[str] = frozenset()
    possible: Q = field(default_factory=Q)
    """What else must hold, as a condition in the database."""

    def fits(self, message: Message) -> bool:
        """Return whether the action makes sense for a message in its current state."""
        if message.state not in self.states and message.error not in self.errors:
            return False
        if not self.possible or message._state.adding:
            return True
        return tables.messages().filter(self.possible, pk=message.pk).exists()


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """An action on many messages from the list, or on one from its page."""

    name: str
    label: Promise
    """The label in the list's menu."""
    permission: str = "send"
    """The required permission: the admin has a method ``has_…_permission`` for it."""
    sends: bool = False
    """Whether it sends messages: then it skips people who opted out."""
    is_new: bool = False
    """Whether it sends a new message instead; otherwise it skips messages that the gateway has had."""
    button: Button | None = None
    question: Question | None = None
    deed: Callable[[MessageQuerySet], tuple[Sequence[int], Any]]
    """Performs the action; returns the messages changed, and the gateway's answer."""
    note: Promise | None = None
    """The entry in the history of each changed message."""
    noted: dict[str, Any] = field(default_factory=dict)
    """Narrows the messages that get the history entry."""
    nudge: Callable[[Sequence[int]], None] | None = None
    """Sends what was queued, according to DISPATCH; called after the history was written."""
    result: Callable[[Done], Iterator[Sentence]]
    """Yields sentences: how many messages were changed, and why the others were not."""

    def narrow(self, messages: MessageQuerySet) -> MessageQuerySet:
        """Leave out the messages that cannot be sent because the gateway has had them."""
        return messages.untaken() if self.sends and not self.is_new else messages
