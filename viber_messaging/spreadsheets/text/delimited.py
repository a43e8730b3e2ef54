"""Text tables separated by comma, semicolon, tab or bar, in the encodings that Excel and LibreOffice write."""

import csv
from collections import Counter
from collections.abc import Iterator
from functools import partial
from io import TextIOWrapper
from itertools import islice
from typing import IO

from viber_messaging.spreadsheets.errors import FileProblem, RowProblem, SpreadsheetError
from viber_messaging.spreadsheets.headings import MEANINGS, Role, fold
from viber_messaging.spreadsheets.limits import MAX_ROW_LENGTH
from viber_messaging.spreadsheets.sources import NumberedRow, Source, WrongCells
from viber_messaging.spreadsheets.text.encodings import BAD_BYTE, SAMPLE_BYTES, Encoding, encoding_of
from viber_messaging.spreadsheets.text.records import Records

DELIMITERS = (";", ",", "\t", "|")
SAMPLE_ROWS = 50


def open_text(file: IO[bytes]) -> Source:
    """Return the table in ``file``; raise SpreadsheetError if its encoding is unknown or it is not text."""
    encoding = encoding_of(file)
    with opened(file, encoding) as text:
        sample = text.text.read(SAMPLE_BYTES)
    declared = declared_delimiter(sample)
    delimiter = declared or sniffed_delimiter(sample)
    return Source(
        read=partial(read_rows, file, encoding, delimiter, skip_first_line=declared is not None),
        encoding=encoding.name.removesuffix("-sig"),
        delimiter=delimiter,
        is_ragged=True,
    )


def read_rows(file: IO[bytes], encoding: Encoding, delimiter: str, *, skip_first_line: bool) -> Iterator[NumberedRow]:
    """Yield the rows; those with invalid letters or quotation marks are WrongCells."""
    with opened(file, encoding) as text:
        lines = islice(Lines(text.text), int(skip_first_line), None)
        for number, cells in enumerate(Records(lines, delimiter), start=1):
            is_unreadable = encoding.has_bad_bytes and any(map(BAD_BYTE.search, cells))
            yield number, WrongCells(cells, RowProblem.UNREADABLE) if is_unreadable else cells


class Lines:
    """The lines of a text."""

    def __init__(self, text: TextIOWrapper) -> None:
        self.text = text

    def __iter__(self) -> Iterator[str]:
        """Yield the lines; raise SpreadsheetError for an endless line before it fills the memory."""
        read = self.text.readline
        while line := read(MAX_ROW_LENGTH):
            if len(line) >= MAX_ROW_LENGTH:
                raise SpreadsheetError(FileProblem.FORMAT)
            yield line


class opened:  # noqa: N801 (a context manager)
    """Read ``file`` as text from its beginning, and leave it open afterwards."""

    def __init__(self, file: IO[bytes], encoding: Encoding) -> None:
        file.seek(0)
        self.text = TextIOWrapper(file, encoding=encoding.name, errors=encoding.errors, newline="")

    def __enter__(self) -> "opened":
        return self

    def __exit__(self, *error: object) -> None:
        self.text.detach()


def declared_delimiter(sample: str) -> str | None:
    """Return the separator declared in the first line, as Excel reads it: ``sep=;``."""
    first = sample.partition("\n")[0].rstrip("\r").strip('"')
    is_declaration = len(first) == 5 and first.lower().startswith("sep=")
    return first[4] if is_declaration and first[4] in DELIMITERS else None


def sniffed_delimiter(sample: str) -> str:
    """Return the separator with which the sample looks most like a table."""
    return max(DELIMITERS, key=lambda delimiter: likeness(sample, delimiter))


def likeness(sample: str, delimiter: str) -> tuple[bool, int, int, int]:
    """Return how much the sample resembles a table (headings, even rows, columns), to compare separators."""
    lines = iter(sample.splitlines(keepends=True))
    try:
        reader = csv.reader(lines, delimiter=delimiter, skipinitialspace=True)
        rows = [row for row in islice(reader, SAMPLE_ROWS) if row]
    except csv.Error:
        rows = []
    headings = next((row for row in rows if Role.PHONE in {MEANINGS.get(fold(cell)) for cell in row}), None)
    widths = Counter(map(len, rows))
    width = len(headings) if headings else max(widths, key=lambda width: (widths[width], width), default=0)
    even = widths[width] if width > 1 else 0
    return headings is not None, even, width, widths[width] - len(rows)
