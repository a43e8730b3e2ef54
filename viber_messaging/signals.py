"""The signals for the rest of a site. They are sent after the commit, robustly, with only keyword arguments.

A receiver's exception is logged and changes nothing.
"""

from django.dispatch import Signal

message_queued = Signal()
"""A message waits to be sent. Arguments: ``message``."""

message_accepted = Signal()
"""The gateway accepted a message. Arguments: ``message``."""

message_rejected = Signal()
"""The gateway refused a message. Arguments: ``message``."""

message_status_changed = Signal()
"""The gateway reported a new state of an accepted message. Arguments: ``message``, ``previous_state``."""
