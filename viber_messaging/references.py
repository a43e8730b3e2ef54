"""References: the numbers that messages are sent under. They are created only here.

The gateway accepts each reference once. Therefore a reference is derived from the intent, which is what somebody meant
to send to whom: it is a keyed hash, with a seed that is drawn once and stored in the database. The same intent has the
same reference in every process, and in every restored copy of the database. If no intent is known, the reference is
random.

Two intents may hash to the same number. Each intent therefore has a fixed sequence of candidates, numbered from 0, and
a new message takes the first that no message with another intent uses.
"""

import secrets
from hashlib import blake2b

from viber_messaging.conf import conf

CANDIDATES = 20
"""The most candidates tried for one message; if all are taken, the range is nearly used up."""
SEED_MAX_LENGTH = 80
"""Two numbers of at most 19 digits, and 32 random characters."""


def draw() -> int:
    """Return a random number in REFERENCE_RANGE, for a message without a known intent."""
    low, high = conf.REFERENCE_RANGE
    return low + secrets.randbelow(high - low)


def draw_seed() -> str:
    """Return a new seed. It includes the current REFERENCE_RANGE, so that a later change of it changes no reference."""
    low, high = conf.REFERENCE_RANGE
    return f"{low}-{high}-{secrets.token_urlsafe(24)}"


class Seed:
    """Derives references from intents; ``text`` is what ``draw_seed`` returned."""

    def __init__(self, text: str) -> None:
        low, high, secret = text.split("-", 2)
        self._low, self._width = int(low), int(high) - int(low)
        # Keyed once and copied: by far the fastest keyed hash in the standard library.
        self._keyed = blake2b(key=secret.encode(), digest_size=32)

    def reference(self, intent: str, candidate: int = 0) -> int:
        """Return the reference of this intent: its first candidate, or the one with this number."""
        return self._low + int.from_bytes(self._hash(f"{candidate} {intent}")) % self._width

    def digest(self, text: str) -> str:
        """Return 64 characters that identify a text without revealing it."""
        return self._hash(f"digest {text}").hex()

    def _hash(self, text: str) -> bytes:
        keyed = self._keyed.copy()
        keyed.update(text.encode())
        return keyed.digest()
