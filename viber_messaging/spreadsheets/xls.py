"""Workbooks of old Excel versions, if the site has installed the reader for them."""

import importlib
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import IO, Any

from viber_messaging.spreadsheets.entities import BadCell
from viber_messaging.spreadsheets.errors import FileProblem, RowProblem, SpreadsheetError
from viber_messaging.spreadsheets.limits import MAX_COLUMNS
from viber_messaging.spreadsheets.sources import NumberedRow, Source
from viber_messaging.spreadsheets.values.formats import shape_of, shown

VISIBLE = 0
STREAMS = ("workbook", "book")
"""The names of the stream with the sheets, in lower case."""


def open_xls(file: IO[bytes]) -> list[Source]:
    """Return the visible sheets; raise SpreadsheetError if damaged, or if the extra ``[xls]`` is not installed."""
    try:
        xlrd = importlib.import_module("xlrd")
    except ImportError:
        raise SpreadsheetError(FileProblem.OLD_EXCEL) from None
    file.seek(0)
    content = file.read()
    try:
        raise_if_endless(xlrd.compdoc.CompDoc(content, logfile=Silence()))
        book = xlrd.open_workbook(file_contents=content, logfile=Silence(), formatting_info=True, ragged_rows=True)
    except Exception as error:  # a broken file raises whatever its bytes lead to
        has_password = isinstance(error, xlrd.XLRDError) and "encrypted" in str(error).lower()
        raise SpreadsheetError(FileProblem.PASSWORD if has_password else FileProblem.DAMAGED) from error
    sheets = [sheet for sheet in book.sheets() if sheet.visibility == VISIBLE]
    return [
        Source(sheet=sheet.name, read=partial(read_rows, xlrd, book, sheet), hidden=hidden_rows(sheet))
        for sheet in sheets
    ]


def raise_if_endless(container: Any) -> None:
    """Raise SpreadsheetError if the chain of a short stream leads back into itself: xlrd would follow it for ever."""
    streams = [node for node in container.dirlist if node.name.lower() in STREAMS]
    short = [stream.first_SID for stream in streams if stream.tot_size < container.min_size_std_stream]
    if do_chains_meet(container.SSAT, short):
        raise SpreadsheetError(FileProblem.DAMAGED)


def do_chains_meet(next_of: Sequence[int], starts: Iterable[int]) -> bool:
    """Return whether a chain of sectors has one that itself or another chain had before."""
    seen = bytearray(len(next_of))
    for sector in starts:
        while 0 <= sector < len(next_of):
            if seen[sector]:
                return True
            seen[sector] = 1
            sector = next_of[sector]
    return False


def hidden_rows(sheet: Any) -> set[int]:
    """Return the numbers of the rows that a sheet hides."""
    return {index + 1 for index, row in sheet.rowinfo_map.items() if row.hidden}


class Silence:
    """Swallows what xlrd would print."""

    def write(self, text: str) -> None:
        """Drop ``text``."""


def read_rows(xlrd: Any, book: Any, sheet: Any) -> Iterator[NumberedRow]:
    """Yield the rows of a sheet."""
    for index in range(sheet.nrows):
        cells = sheet.row(index)[:MAX_COLUMNS]
        yield index + 1, [value_of(xlrd, book, cell) for cell in cells]


def value_of(xlrd: Any, book: Any, cell: Any) -> object:
    """Return the value of a cell."""
    if cell.ctype in (xlrd.XL_CELL_NUMBER, xlrd.XL_CELL_DATE):
        code = book.format_map[book.xf_list[cell.xf_index].format_key].format_str
        return shown(cell.value, shape_of(code), counts_from_1904=book.datemode == 1)
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return bool(cell.value)
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return BadCell(RowProblem.ERROR, xlrd.error_text_from_code.get(cell.value, "#ERR"))
    return cell.value if cell.ctype == xlrd.XL_CELL_TEXT else None
