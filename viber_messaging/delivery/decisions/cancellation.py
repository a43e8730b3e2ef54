"""What a cancellation writes to a message that has not been sent."""

from typing import Any

from viber_messaging.states import MessageState


def cancelled(error: str, now: Any) -> dict[str, Any]:
    """Return the field changes that cancel a message for this reason; ``now`` may be a blank of a statement."""
    return {"state": MessageState.CANCELLED, "error": error, "completed_at": now}
