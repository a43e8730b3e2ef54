"""Text tables: comma, semicolon or tab between the cells, in the encodings that Excel and LibreOffice write."""

import codecs
import csv
from collections import Counter
from collections.abc import Iterator
from functools import partial
from io import TextIOWrapper
from itertools import islice
from typing import IO

from viber_messaging.spreadsheets.errors import FileProblem, SpreadsheetError
from viber_messaging.spreadsheets.headings import MEANINGS, Role, fold
from viber_messaging.spreadsheets.limits import MAX_ROW_LENGTH
from viber_messaging.spreadsheets.sources import NumberedRow, Source

DELIMITERS = (";", ",", "\t")
STRAY_CONTROLS = 8
"""Of a text that was copied together from somewhere; more in a hundred bytes make a file no text."""
SAMPLE_BYTES = 64 * 1024
SAMPLE_ROWS = 50
NOT_CONTROLS = b"\t\n\r\x0b\x0c\x1a\x1b" + bytes(range(32, 256))
BOMS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


def open_text(file: IO[bytes]) -> Source:
    """Return the table in ``file``; raise SpreadsheetError if its letters cannot be read or it is no text."""
    encoding = encoding_of(file)
    with opened(file, encoding) as text:
        sample = text.text.read(SAMPLE_BYTES)
    declared = declared_delimiter(sample)
    delimiter = declared or sniffed_delimiter(sample)
    return Source(
        read=partial(read_rows, file, encoding, delimiter, skip_first_line=declared is not None),
        encoding=encoding.removesuffix("-sig"),
        delimiter=delimiter,
        is_ragged=True,
    )


def read_rows(file: IO[bytes], encoding: str, delimiter: str, *, skip_first_line: bool) -> Iterator[NumberedRow]:
    """Yield the rows; raise SpreadsheetError where quotation marks do not match: what follows would be one cell."""
    number = 0
    with opened(file, encoding) as text:
        lines = Lines(text.text)
        try:
            reader = csv.reader(islice(lines, int(skip_first_line), None), delimiter=delimiter, strict=True)
            for number, cells in enumerate(reader, start=1):
                lines.length = 0
                yield number, cells
        except csv.Error as error:
            raise SpreadsheetError(FileProblem.QUOTES, row=number + 1) from error


class Lines:
    """The lines of a text; ``length`` counts characters until the reader of rows sets it back."""

    def __init__(self, text: TextIOWrapper) -> None:
        self.text = text
        self.length = 0

    def __iter__(self) -> Iterator[str]:
        """Yield the lines; raise SpreadsheetError in a row without end, before it fills the memory."""
        read = self.text.readline
        while line := read(MAX_ROW_LENGTH):
            self.length += len(line)
            if self.length >= MAX_ROW_LENGTH:
                raise SpreadsheetError(FileProblem.FORMAT)
            yield line


class opened:  # noqa: N801 (a context manager)
    """Read ``file`` as text from its beginning, and leave it open afterwards."""

    def __init__(self, file: IO[bytes], encoding: str) -> None:
        file.seek(0)
        self.text = TextIOWrapper(file, encoding=encoding, newline="")

    def __enter__(self) -> "opened":
        return self

    def __exit__(self, *error: object) -> None:
        self.text.detach()


def encoding_of(file: IO[bytes]) -> str:
    """Return how the text in ``file`` is written; raise SpreadsheetError if that cannot be told."""
    file.seek(0)
    sample = file.read(SAMPLE_BYTES)
    encoding = next((name for bom, name in BOMS.items() if sample.startswith(bom)), None) or utf_16_of(sample)
    controls = len(sample.translate(None, delete=NOT_CONTROLS))
    if encoding is None and controls > max(STRAY_CONTROLS, len(sample) // 100):
        raise SpreadsheetError(FileProblem.FORMAT)
    for candidate in [encoding] if encoding else ["utf-8", "windows-1251"]:
        if can_decode(file, candidate):
            return candidate
    raise SpreadsheetError(FileProblem.ENCODING)


def utf_16_of(sample: bytes) -> str | None:
    """Tell UTF-16 without a mark by the zeros in every second byte of digits and separators."""
    zeros_after, zeros_before = sample[1::2].count(0), sample[::2].count(0)
    if max(zeros_after, zeros_before) * 10 < len(sample) or min(zeros_after, zeros_before) * 5 > len(sample):
        return None
    return "utf-16-le" if zeros_after > zeros_before else "utf-16-be"


def can_decode(file: IO[bytes], encoding: str) -> bool:
    """Tell whether the whole of ``file`` is of this encoding."""
    file.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        while chunk := file.read(SAMPLE_BYTES):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def declared_delimiter(sample: str) -> str | None:
    """Return the separator that the first line declares, as Excel reads it: ``sep=;``."""
    first = sample.partition("\n")[0].rstrip("\r").strip('"')
    is_declaration = len(first) == 5 and first.lower().startswith("sep=")
    return first[4] if is_declaration and first[4] in DELIMITERS else None


def sniffed_delimiter(sample: str) -> str:
    """Return the separator under which the sample looks most like a table."""
    return max(DELIMITERS, key=lambda delimiter: likeness(sample, delimiter))


def likeness(sample: str, delimiter: str) -> tuple[bool, int, int, int]:
    """Return how much the sample is like a table, comparable with other separators: headings, even rows, columns."""
    lines = iter(sample.splitlines(keepends=True))
    try:
        rows = [row for row in islice(csv.reader(lines, delimiter=delimiter), SAMPLE_ROWS) if any(row)]
    except csv.Error:
        rows = []
    headings = next((row for row in rows if Role.PHONE in {MEANINGS.get(fold(cell)) for cell in row}), None)
    widths = Counter(map(len, rows))
    width = len(headings) if headings else max(widths, key=lambda width: (widths[width], width), default=0)
    even = widths[width] if width > 1 else 0
    return headings is not None, even, width, widths[width] - len(rows)
