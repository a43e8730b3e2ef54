"""One cell of a workbook: what is written in the file, and what it means."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH, from_excel, from_ISO8601

from viber_messaging.spreadsheets.errors import FileProblem, RowProblem, SpreadsheetError
from viber_messaging.spreadsheets.limits import MAX_CELL_LENGTH
from viber_messaging.spreadsheets.tables import BadCell

ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
"""How a workbook writes a character that XML cannot carry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookups:
    """What cells refer to."""

    strings: Sequence[str]
    date_styles: frozenset[str]
    counts_from_1904: bool = False

    def moment(self, serial: float) -> object:
        """Return the date, the time or the span that a number stands for, or a BadCell where there is no such day."""
        try:
            return from_excel(serial, MAC_EPOCH if self.counts_from_1904 else WINDOWS_EPOCH)
        except (OverflowError, ValueError):
            return BadCell(RowProblem.ERROR, "#VALUE!")


class Collector:
    """The text of one cell, gathered from its pieces; how it is read aloud in Japanese is left out."""

    def __init__(self) -> None:
        self.clear()

    def enter(self, name: str) -> None:
        """Begin an element inside the cell."""
        if name == "rPh":
            self.is_aside = True
        elif name in ("t", "v"):
            self.is_open = not self.is_aside

    def leave(self, name: str) -> None:
        """End an element inside the cell."""
        self.is_open = False
        if name == "rPh":
            self.is_aside = False

    def add(self, data: str) -> None:
        """Keep a piece of text; raise SpreadsheetError when a cell grows without end."""
        if self.is_open:
            self.pieces.append(data)
            self.length += len(data)
            if self.length > MAX_CELL_LENGTH:
                raise SpreadsheetError(FileProblem.DAMAGED)

    def take(self) -> str:
        """Return the text and begin anew."""
        text = "".join(self.pieces)
        self.clear()
        return text

    def clear(self) -> None:
        """Begin anew."""
        self.pieces: list[str] = []
        self.length = 0
        self.is_open = self.is_aside = False


def value_of(kind: str, style: str, raw: str, lookups: Lookups) -> object:
    """Return what a cell means; raise ValueError or LookupError where the file contradicts itself."""
    if kind == "n":
        number = number_of(raw)
        return lookups.moment(number) if style in lookups.date_styles else number
    if kind == "s":
        return lookups.strings[int(raw)]
    if kind in ("str", "inlineStr"):
        return unescaped(raw)
    if kind == "b":
        return raw.strip() in ("1", "true")
    if kind == "d":
        return from_ISO8601(raw)
    return BadCell(RowProblem.ERROR, raw[:10])


def number_of(raw: str) -> int | float:
    """Return the number that a cell writes: whole where it is written without a point or an exponent."""
    return int(raw) if raw.isdecimal() else float(raw)


def unescaped(text: str) -> str:
    """Return ``text`` with the characters that a workbook writes as ``_x000D_``."""
    return ESCAPE.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text
