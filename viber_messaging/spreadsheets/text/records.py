"""The rows of a text table, one by one: a quotation mark that makes no sense spoils its own row and no other."""

import csv
import re
from collections.abc import Iterator
from typing import Any, Final

from viber_messaging.spreadsheets.errors import FileProblem, RowProblem, SpreadsheetError
from viber_messaging.spreadsheets.limits import MAX_ROW_LENGTH
from viber_messaging.spreadsheets.sources import WrongCells

MOST_SPOILT: Final = 1000
"""Rows with stray quotation marks; a file with more of them is refused, because each may be looked for to its end."""
SPACED: Final = re.compile('" +(?=[;,|\t\r\n]|$)')
"""A quotation mark with spaces behind it, before a separator or the end of a line."""


class Records:
    """The rows of ``lines``, with quotation marks as RFC 4180 has them, and spaces around them allowed."""

    def __init__(self, lines: Iterator[str], delimiter: str) -> None:
        self.lines = lines
        self.delimiter = delimiter
        self.waiting: list[str] = []
        """Lines that are to be read again, the next one last."""
        self.taken: list[str] = []
        """Lines of the row that is being read."""
        self.length = 0
        self.spoilt = 0

    def __iter__(self) -> Iterator[list[Any]]:
        """Yield the cells of each row; raise SpreadsheetError in a row without end, or if too many are spoilt."""
        reader = self.reader(self.noted())
        while True:
            self.taken.clear()
            self.length = 0
            try:
                yield next(reader)
            except StopIteration:
                return
            except csv.Error:
                # A reader is not to be used after an error.
                yield self.repaired()
                reader = self.reader(self.noted())

    def reader(self, lines: Iterator[str]) -> Iterator[list[Any]]:
        """Return a reader of cells that raises csv.Error where quotation marks make no sense."""
        return csv.reader(lines, delimiter=self.delimiter, skipinitialspace=True, strict=True)

    def noted(self) -> Iterator[str]:
        """Yield the lines, and keep those of the row that is being read."""
        while True:
            line = self.waiting.pop() if self.waiting else next(self.lines, None)
            if line is None:
                return
            self.taken.append(line)
            self.length += len(line)
            if self.length >= MAX_ROW_LENGTH:
                raise SpreadsheetError(FileProblem.FORMAT)
            yield line

    def repaired(self) -> list[Any]:
        """Return the row that could not be read: without spaces behind its quotation marks, or else as a wrong one."""
        first, *others = self.taken
        self.waiting.extend(reversed(others))
        try:
            (cells,) = self.reader(iter([SPACED.sub('"', first)]))
        except (csv.Error, ValueError):
            return self.wrong(first)
        return cells

    def wrong(self, line: str) -> WrongCells:
        """Return a spoilt row, cut where its separators are."""
        self.spoilt += 1
        if self.spoilt > MOST_SPOILT:
            raise SpreadsheetError(FileProblem.QUOTES)
        return WrongCells(line.rstrip("\r\n").split(self.delimiter), RowProblem.MISQUOTED)
