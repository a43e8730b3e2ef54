"""Texts that Excel would run as formulas, disarmed when they are written and restored when they are read."""

import re
from typing import Final

DANGEROUS: Final = re.compile("'*[=+@\t\r-]")
"""What a formula begins with; further apostrophes are counted in, so that none is lost on the way back."""
DISARMED: Final = re.compile("''*[=+@\t\r-]")


def guarded(text: str) -> str:
    """Return ``text`` with an apostrophe before it where Excel would take it for a formula."""
    return f"'{text}" if DANGEROUS.match(text) else text


def unguarded(text: str) -> str:
    """Return the text that ``guarded`` was given."""
    return text[1:] if DISARMED.match(text) else text
