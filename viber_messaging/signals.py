"""What this app tells the rest of a site. Sent after the commit, robustly, with keyword arguments only.

A listener's exception is logged and changes nothing.
"""

from django.dispatch import Signal

message_queued = Signal()
"""A message waits to be sent. Arguments: ``message``."""

message_accepted = Signal()
"""The gateway took a message. Arguments: ``message``."""

message_rejected = Signal()
"""The gateway refused a message. Arguments: ``message``."""

message_status_changed = Signal()
"""The gateway told a new state of an accepted message. Arguments: ``message``, ``previous_state``."""
