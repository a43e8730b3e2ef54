"""Convert the content of one cell in the file to its value."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

from viber_messaging.spreadsheets.entities import BadCell
from viber_messaging.spreadsheets.errors import RowProblem
from viber_messaging.spreadsheets.values.formats import moment_written, shown
from viber_messaging.spreadsheets.xlsx.styles import Styles
from viber_messaging.spreadsheets.xlsx.texts import unescaped


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookups:
    """The tables that cells refer to."""

    strings: Sequence[str]
    styles: Styles
    counts_from_1904: bool = False


UNREADABLE = BadCell(RowProblem.ERROR, "#VALUE!")
"""The value of an inconsistent cell, which makes its row wrong, but not the workbook."""


def value_of(kind: str, style: str, raw: str, lookups: Lookups) -> object:
    """Return a cell's value; raise LookupError if it refers to shared texts and the workbook has none."""
    try:
        return value_written(kind, style, raw, lookups)
    except (ValueError, LookupError, OverflowError):
        if kind == "s" and not lookups.strings:
            raise
        return UNREADABLE


def value_written(kind: str, style: str, raw: str, lookups: Lookups) -> object:
    """Return a cell's value; raise ValueError, LookupError or OverflowError if it is inconsistent."""
    if kind == "s":
        return lookups.strings[place_of(raw)]
    if kind in ("str", "inlineStr"):
        return unescaped(raw)
    if kind == "n":
        return shown(number_of(raw), lookups.styles.get(style), counts_from_1904=lookups.counts_from_1904)
    if kind == "b":
        return raw.strip() in ("1", "true")
    if kind == "d":
        return moment_written(raw)
    return BadCell(RowProblem.ERROR, raw[:10])


def number_of(raw: str) -> int | float:
    """Return the number in a cell, as an integer if it is written without a point or an exponent.

    Raises ValueError if it is not a number.
    """
    if raw.isdecimal():
        return int(raw)
    number = float(raw)
    if not isfinite(number) or "_" in raw:
        raise ValueError(raw)
    return number


def place_of(raw: str) -> int:
    """Return the index of a shared text; raise ValueError if invalid, since a negative one would count from the end."""
    if not raw.strip().isdecimal():
        raise ValueError(raw)
    return int(raw)
