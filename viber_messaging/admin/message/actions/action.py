"""One row of the table of actions: everything that is known of what can be done with messages."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q
from django.utils.functional import Promise

from viber_messaging.admin.pages.sentences import Sentence
from viber_messaging.models import Message
from viber_messaging.models.message import MessageQuerySet


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked before more than one message is touched."""

    title: Promise
    button: Any
    possible: Q
    """The messages that the deed is done to."""
    warning: Promise | str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What came of an action."""

    queryset: MessageQuerySet
    total: int
    """How many messages were selected."""
    pks: Sequence[int]
    """The messages that something was done to."""
    answer: Any = None
    """What the gateway answered, where it was asked."""

    @property
    def untouched(self) -> int:
        """Return how many messages nothing was done to."""
        return self.total - len(self.pks)


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """The action on the page of one message: offered in these states, and for these reasons of a doubt or a failure."""

    label: Promise
    states: frozenset[str] = frozenset()
    errors: frozenset[str] = frozenset()

    def fits(self, message: Message) -> bool:
        """Return whether the action makes sense for a message as it stands."""
        return message.state in self.states or message.error in self.errors


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """What can be done with many messages at once, and with one from its page."""

    name: str
    label: Promise
    """In the menu of the list."""
    permission: str = "send"
    """Its admin has a method ``has_…_permission`` for it."""
    sends: bool = False
    """Whether people get messages by it: then nobody who opted out, and nothing that the gateway has had."""
    button: Button | None = None
    question: Question | None = None
    deed: Callable[[MessageQuerySet], tuple[Sequence[int], Any]]
    """Does it; returns which messages it was done to, and what the gateway answered."""
    note: Promise | None = None
    """Kept in the history of each message that it was done to."""
    noted: dict[str, Any] = field(default_factory=dict)
    """Narrows the messages whose history keeps it."""
    nudge: Callable[[Sequence[int]], None] | None = None
    """Sends what was queued, in the way of DISPATCH; called after the history was written."""
    result: Callable[[Done], Iterator[Sentence]]
    """Tells what was done to how many, and why nothing to the others."""
