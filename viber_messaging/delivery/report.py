"""Counts of what one run did."""

from collections import Counter
from dataclasses import dataclass, field

from viber_messaging.states import MessageState


@dataclass(slots=True, kw_only=True)
class Report:
    """Counts of one run. ``moved`` counts the messages by their new state."""

    moved: Counter[MessageState] = field(default_factory=Counter)
    sent: int = 0
    """Messages in requests that the gateway could have answered."""
    asked: int = 0
    """Messages whose status was requested."""
    queued_sms: int = 0
    """SMS queued instead of Viber messages."""
    problem: str = ""
    """Why the run stopped early: one sentence for a person. Empty if it did not."""

    def note_sms(self, count: int) -> None:
        """Count SMS that were queued."""
        if count:
            self.queued_sms += count
            self.moved[MessageState.QUEUED] += count

    def as_states(self) -> dict[str, int]:
        """Return how many messages reached each state, for a log or a monitor."""
        return {state.value: count for state, count in sorted(self.moved.items()) if count}

    def __str__(self) -> str:
        """Return the counts and the problem, without a full stop at the end."""
        counts = ", ".join(f"{count} {state}" for state, count in self.as_states().items())
        if self.problem:
            return f"{counts or 'nothing was sent'}. {self.problem.rstrip('.')}"
        return counts or "nothing to do"
