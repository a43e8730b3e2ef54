"""References: the numbers that messages are sent under. They are made here and nowhere else.

The gateway takes each reference once. So a reference is a function of the intent, of what somebody meant to send to
whom: a keyed hash under a seed that is drawn once and kept in the database. The same intent has the same reference in
every process, and in every restored copy of the database. If no intent is known, the reference is random.

Two intents may hash to the same number. Each intent therefore has a fixed sequence of candidates, numbered from 0, and
a new message takes the first that no message of another intent has.
"""

import secrets
from hashlib import blake2b

from viber_messaging.conf import conf

CANDIDATES = 20
"""Tried for one message at most: if all of them are taken, the range is nearly used up."""
SEED_MAX_LENGTH = 80
"""Two numbers of 19 digits at most, and 32 random characters."""


def draw() -> int:
    """Return a random number of REFERENCE_RANGE, for a message whose intent nobody gave."""
    low, high = conf.REFERENCE_RANGE
    return low + secrets.randbelow(high - low)


def draw_seed() -> str:
    """Return a new seed. It holds REFERENCE_RANGE as it is now, so that a later change moves no reference."""
    low, high = conf.REFERENCE_RANGE
    return f"{low}-{high}-{secrets.token_urlsafe(24)}"


class Seed:
    """Makes the references of intents; ``text`` is what ``draw_seed`` returned."""

    def __init__(self, text: str) -> None:
        low, high, secret = text.split("-", 2)
        self._low, self._width = int(low), int(high) - int(low)
        # Keyed once and copied: of the keyed hashes in the standard library this is the quickest by far.
        self._keyed = blake2b(key=secret.encode(), digest_size=32)

    def reference(self, intent: str, candidate: int = 0) -> int:
        """Return the reference of this intent: its first candidate, or the one of this number."""
        return self._low + int.from_bytes(self._hash(f"{candidate} {intent}")) % self._width

    def digest(self, text: str) -> str:
        """Return 64 characters that tell whether a text is the same one, but not the text."""
        return self._hash(f"digest {text}").hex()

    def _hash(self, text: str) -> bytes:
        keyed = self._keyed.copy()
        keyed.update(text.encode())
        return keyed.digest()
