"""Read the rows of a text table one by one, so that a stray quotation mark damages only its own row."""

import csv
import re
from collections.abc import Iterator
from typing import Any, Final

from viber_messaging.spreadsheets.errors import FileProblem, RowProblem, SpreadsheetError
from viber_messaging.spreadsheets.limits import MAX_ROW_LENGTH
from viber_messaging.spreadsheets.sources import WrongCells

MOST_SPOILT: Final = 1000
"""The most rows with stray quotation marks; each may be searched to the end of the file, so more are refused."""
SPACED: Final = re.compile('" +(?=[;,|\t\r\n]|$)')
"""A quotation mark followed by spaces, before a separator or the end of a line."""


class Records:
    """The rows of ``lines``, with quotation marks according to RFC 4180, and spaces allowed around them."""

    def __init__(self, lines: Iterator[str], delimiter: str) -> None:
        self.lines = lines
        self.delimiter = delimiter
        self.waiting: list[str] = []
        """The lines to read again, the next one last."""
        self.taken: list[str] = []
        """The lines of the current row."""
        self.length = 0
        self.spoilt = 0

    def __iter__(self) -> Iterator[list[Any]]:
        """Yield the cells of each row; raise SpreadsheetError for an endless row, or if too many are damaged."""
        reader = self.reader(self.noted())
        while True:
            self.taken.clear()
            self.length = 0
            try:
                yield next(reader)
            except StopIteration:
                return
            except csv.Error:
                # A reader must not be used after an error.
                yield self.repaired()
                reader = self.reader(self.noted())

    def reader(self, lines: Iterator[str]) -> Iterator[list[Any]]:
        """Return a reader of cells that raises csv.Error for invalid quotation marks."""
        return csv.reader(lines, delimiter=self.delimiter, skipinitialspace=True, strict=True)

    def noted(self) -> Iterator[str]:
        """Yield the lines, and remember those of the current row."""
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
        """Return the row that could not be read, repaired by removing spaces after quotation marks, or as wrong."""
        first, *others = self.taken
        self.waiting.extend(reversed(others))
        try:
            (cells,) = self.reader(iter([SPACED.sub('"', first)]))
        except (csv.Error, ValueError):
            return self.wrong(first)
        return cells

    def wrong(self, line: str) -> WrongCells:
        """Return a damaged row, split at its separators."""
        self.spoilt += 1
        if self.spoilt > MOST_SPOILT:
            raise SpreadsheetError(FileProblem.QUOTES)
        return WrongCells(line.rstrip("\r\n").split(self.delimiter), RowProblem.MISQUOTED)
