"""A stand-in gateway over real HTTP on this machine, for demonstrations, tests and developers. It knows no Django."""

from viber_messaging.sandbox.messages import AcceptedMessage
from viber_messaging.sandbox.sandbox import RequestRecord, Sandbox
from viber_messaging.sandbox.scenarios import SCENARIOS, Scenario

__all__ = ["SCENARIOS", "AcceptedMessage", "RequestRecord", "Sandbox", "Scenario"]
