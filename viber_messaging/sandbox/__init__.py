"""A stand-in gateway over real HTTP on this machine, for demos, tests and developers. It does not import Django."""

from viber_messaging.sandbox.faults.scenarios import SCENARIOS, Scenario
from viber_messaging.sandbox.ledger.messages import AcceptedMessage
from viber_messaging.sandbox.sandbox import RequestRecord, Sandbox

__all__ = ["SCENARIOS", "AcceptedMessage", "RequestRecord", "Sandbox", "Scenario"]
