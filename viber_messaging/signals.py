"""The signals for the rest of a site. They are sent after the commit, robustly, with only keyword arguments.

A receiver's exception is logged and changes nothing.
"""

from typing import Any

from django.dispatch import Signal


class QuietSignal(Signal):
    """A signal whose sender logs the failures of receivers, with the message that they were about."""

    def _log_robust_failure(self, receiver: Any, err: Exception) -> None:
        """Leave out Django's own record of the same failure."""


message_queued = QuietSignal()
"""A message waits to be sent. Arguments: ``message``."""

message_accepted = QuietSignal()
"""The gateway accepted a message. Arguments: ``message``."""

message_rejected = QuietSignal()
"""The gateway refused a message. Arguments: ``message``."""

message_status_changed = QuietSignal()
"""The gateway reported a new state of an accepted message. Arguments: ``message``, ``previous_state``."""
