"""Disarm texts that Excel would run as formulas when writing, and restore them when reading.

A text table is split at the list separator of the person who opens it, even inside a cell, and quotes do not always
prevent that. Therefore formulas are looked for after each separator and line break, too.
"""

import re
from typing import Final

SEPARATORS: Final = ",;\t\r\n"
FIRST_SIGNS: Final = "=+@\t\r\\-＝＋－＠﹦﹢﹣﹫"
"""The characters that a formula begins with, as a regex set; full-width ones count on keyboards that have them."""

# Includes spaces, quotes and apostrophes before it, so that no apostrophe is lost when reading back.
_FORMULA: Final = rf"[ '\"]*[{FIRST_SIGNS}]"
DANGEROUS: Final = re.compile(_FORMULA)
_BEGINNING: Final = re.compile(rf"(?:^|(?<=[{SEPARATORS}]))(?={_FORMULA})")
_GUARD: Final = re.compile(rf"(?:^|(?<=[{SEPARATORS}]))'(?={_FORMULA})")


def guarded(text: str) -> str:
    """Return ``text`` with an apostrophe before everything that a program could take for a formula."""
    return _BEGINNING.sub("'", text)


def guarded_cell(text: str) -> str:
    """Return ``text`` guarded for a format that keeps cells whole, where only the cell's beginning matters."""
    alone = f"'{text}" if DANGEROUS.match(text) else text
    return alone if unguarded(alone) == text else guarded(text)


def unguarded(text: str) -> str:
    """Return the text that ``guarded`` was given."""
    return _GUARD.sub("", text)
