"""Texts that Excel would run as formulas, disarmed when they are written and restored when they are read.

A text table is split at the list separator of whoever opens it, also inside a cell, and quotes do not hold that up
everywhere: so a formula is looked for after each separator and line break, too.
"""

import re
from typing import Final

SEPARATORS: Final = ",;\t\r\n"
FIRST_SIGNS: Final = "=+@\t\r\\-＝＋－＠﹦﹢﹣﹫"
"""What a formula begins with, as a set of a pattern; full-width ones count where the keyboard has them."""

# Blanks, quotes and apostrophes before it are counted in, so that no apostrophe is lost on the way back.
_FORMULA: Final = rf"[ '\"]*[{FIRST_SIGNS}]"
DANGEROUS: Final = re.compile(_FORMULA)
_BEGINNING: Final = re.compile(rf"(?:^|(?<=[{SEPARATORS}]))(?={_FORMULA})")
_GUARD: Final = re.compile(rf"(?:^|(?<=[{SEPARATORS}]))'(?={_FORMULA})")


def guarded(text: str) -> str:
    """Return ``text`` with an apostrophe before all that a program could take for the beginning of a formula."""
    return _BEGINNING.sub("'", text)


def guarded_cell(text: str) -> str:
    """Return ``text`` for a format that keeps a cell whole: only its own beginning matters."""
    alone = f"'{text}" if DANGEROUS.match(text) else text
    return alone if unguarded(alone) == text else guarded(text)


def unguarded(text: str) -> str:
    """Return the text that ``guarded`` was given."""
    return _GUARD.sub("", text)
