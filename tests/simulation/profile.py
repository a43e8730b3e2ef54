"""The kind of a world, drawn from the seed: who is there, how bad the luck is, what the settings say."""

import random
from dataclasses import dataclass
from typing import Any

from tests.simulation.baton import Chances


@dataclass(frozen=True, kw_only=True)
class Profile:
    """What is drawn once for each seed."""

    workers: int
    people: int
    nudges: int
    deeds: int
    """How much each person does."""
    chances: Chances
    storminess: float
    skew_seconds: float
    restores: int
    account_changes: int
    clock_jumps: int
    sms: float
    """The share of messages that ask for an SMS."""
    settings: dict[str, Any]
    is_deferred: bool
    """Whether a transaction begins without a lock, as by SQLite's default."""


def draw(chance: random.Random) -> Profile:
    """Draw the kind of a world."""
    # A database that went back in time asks the account that knows what was sent, so never both.
    upsets = chance.choice(("", "", "restore", "restore", "account", "clock", "restore, clock", "account, clock"))
    return Profile(
        workers=chance.randint(1, 3),
        people=chance.randint(1, 3),
        nudges=chance.randint(0, 1),
        deeds=chance.randint(3, 9),
        chances=Chances(
            switch=chance.choice((0.03, 0.1, 0.3)),
            death=chance.choice((0.0, 0.002, 0.006)),
            freeze=chance.choice((0.0, 0.0, 0.003)),
            refusal=chance.choice((0.0, 0.0, 0.01)),
            deafness=chance.choice((0.0, 0.0, 0.02)),
        ),
        storminess=chance.choice((0.0, 0.1, 0.3, 0.7)),
        skew_seconds=chance.choice((0.0, 0.0, 2.0)),
        restores=chance.randint(1, 2) if "restore" in upsets else 0,
        account_changes=chance.randint(1, 2) if "account" in upsets else 0,
        clock_jumps=chance.randint(1, 2) if "clock" in upsets else 0,
        sms=chance.choice((0.0, 0.0, 0.4, 0.9)),
        settings={
            "SMS_MAY_DOUBLE": chance.random() < 0.2,
            "SMS_EXPIRES": chance.choice((900, 86400, 86400)),
            "DISPATCH": chance.choice(("worker", "worker", "inline")),
            "PACKAGE_SIZE": chance.choice((1, 2, 5)),
            "INLINE_LIMIT": chance.choice((1, 3)),
            "MAX_ATTEMPTS": chance.choice((1, 2, 50)),
            "READ_TIMEOUT": 10,
        },
        is_deferred=chance.random() < 0.2,
    )
