"""Write spreadsheets as a stream: XLSX and CSV, without anything that Excel would run."""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from io import TextIOWrapper
from typing import IO, Final

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from viber_messaging.spreadsheets.values.formulas import guarded, guarded_cell

UNWRITABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
LIKE_AN_ESCAPE: Final = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
PLAIN_PHONE: Final = re.compile(r"\+[0-9]{7,15}")
MAX_CELL_LENGTH: Final = 32_767
"""The limit of a workbook; Excel reports a file with a longer cell as damaged."""

Rows = Iterable[Sequence[object]]


class Format(StrEnum):
    """The formats that can be written; the value is the file's ending."""

    XLSX = "xlsx"
    CSV = "csv"

    @property
    def content_type(self) -> str:
        """Return the media type."""
        sheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        return sheet if self == Format.XLSX else "text/csv; charset=utf-8"


def write_table(file: IO[bytes], format: Format, headings: Sequence[str], rows: Rows) -> None:  # noqa: A002
    """Write headings and rows to a binary ``file``, which stays open, in constant memory."""
    if format == Format.XLSX:
        write_xlsx(file, headings, rows)
    else:
        write_csv(file, headings, rows)


def write_xlsx(file: IO[bytes], headings: Sequence[str], rows: Rows) -> None:
    """Write a workbook with one sheet; phones are text cells and need no apostrophe."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.freeze_panes = "A2"
    sheet.append([bold(sheet, xlsx_cell(heading)) for heading in headings])
    for row in rows:
        sheet.append([xlsx_cell(value) for value in row])
    book.save(file)


def bold(sheet: object, text: object) -> object:
    """Return a cell in bold type."""
    cell = WriteOnlyCell(sheet, text)  # type: ignore[arg-type]
    cell.font = Font(bold=True)
    return cell


def xlsx_cell(value: object) -> object:
    """Return the cell for ``value``: numbers and dates as they are, everything else as harmless text."""
    if not isinstance(value, str):
        return value
    if PLAIN_PHONE.fullmatch(value):
        return value
    return LIKE_AN_ESCAPE.sub("_x005F_", guarded_cell(UNWRITABLE.sub(" ", value)))[:MAX_CELL_LENGTH]


def write_csv(file: IO[bytes], headings: Sequence[str], rows: Rows) -> None:
    """Write a text table that Excel opens by a double click in Ukraine: semicolons, UTF-8 with a byte order mark."""
    text = TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
    try:
        csv.writer(text, delimiter=";").writerows(csv_rows(headings, rows))
    finally:
        text.detach()


def csv_rows(headings: Sequence[str], rows: Rows) -> Iterator[list[str]]:
    """Yield all rows as harmless texts."""
    yield [csv_cell(heading) for heading in headings]
    for row in rows:
        yield [csv_cell(value) for value in row]


def csv_cell(value: object) -> str:
    """Return ``value`` as a harmless text."""
    return "" if value is None else guarded(UNWRITABLE.sub(" ", str(value)))
