"""A stand-in gateway over real HTTP on this machine, for demonstrations, tests and developers. It knows no Django."""

from viber_messaging.sandbox.faults.scenarios import SCENARIOS, Scenario
from viber_messaging.sandbox.ledger.messages import AcceptedMessage
from viber_messaging.sandbox.sandbox import RequestRecord, Sandbox

__all__ = ["SCENARIOS", "AcceptedMessage", "RequestRecord", "Sandbox", "Scenario"]
