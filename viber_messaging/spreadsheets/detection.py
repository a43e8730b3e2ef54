"""Find the table in a file: the intended sheet, and the rows below its headings."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice

from viber_messaging.spreadsheets.columns import Start, Wanted, holds_phone, start_of
from viber_messaging.spreadsheets.entities import Row, Table
from viber_messaging.spreadsheets.errors import FileProblem, RowProblem, SpreadsheetError
from viber_messaging.spreadsheets.limits import HEADING_SEARCH_ROWS, MAX_BLANK_ROWS, MAX_ROW_LENGTH, Limits
from viber_messaging.spreadsheets.sources import NumberedRow, Source, WrongCells


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A sheet that is not empty: its first filled rows, and where its table begins."""

    source: Source
    top: Sequence[NumberedRow]
    start: Start

    @property
    def likeness(self) -> tuple[bool, int, bool]:
        """Return how much the sheet resembles a list of people (headings, phones), to compare it with others."""
        phones = sum(holds_phone(cells) for number, cells in self.top if number > self.start.heading_row)
        return self.start.is_recognised and phones > 0, phones, self.start.is_recognised


def tabulate(sources: Sequence[Source], wanted: Wanted, limits: Limits) -> Table:
    """Return the table of the chosen sheet, or else of the one most like a list of people.

    Raises SpreadsheetError if there is nothing, or nothing below the headings.
    """
    sheets = filled_sheets(sources, wanted, limits)
    sheet = chosen_sheet(sheets, wanted)
    table = table_of(sheet, wanted, limits, sheets=tuple(sheet.source.sheet or "" for sheet in sheets))
    if next(table.rows(), None) is None:
        raise SpreadsheetError(FileProblem.NO_ROWS)
    return table


def filled_sheets(sources: Sequence[Source], wanted: Wanted, limits: Limits) -> list[Sheet]:
    """Return the sheets that are not empty. A damaged one is left out if there is another.

    Raises SpreadsheetError if there is none.
    """
    sheets: list[Sheet] = []
    problem = SpreadsheetError(FileProblem.EMPTY)
    for source in sources:
        try:
            sheet = sheet_of(source, wanted, limits)
        except SpreadsheetError as error:
            problem = error
        else:
            sheets.extend([sheet] if sheet else [])
    if not sheets:
        raise problem
    return sheets


def sheet_of(source: Source, wanted: Wanted, limits: Limits) -> Sheet | None:
    """Return the sheet in ``source``, None if it is blank."""
    top = list(islice(filled(source, limits), HEADING_SEARCH_ROWS))
    return Sheet(source=source, top=top, start=start_of(top, wanted, is_ragged=source.is_ragged)) if top else None


def chosen_sheet(sheets: Sequence[Sheet], wanted: Wanted) -> Sheet:
    """Return the sheet that a person chose, or else the first one most like a list of people."""
    named = next((sheet for sheet in sheets if wanted.sheet and sheet.source.sheet == wanted.sheet), None)
    return named or max(sheets, key=lambda sheet: sheet.likeness)


def table_of(sheet: Sheet, wanted: Wanted, limits: Limits, *, sheets: tuple[str, ...]) -> Table:
    """Return the table of one sheet."""
    source, start = sheet.source, sheet.start
    hidden: set[int] = set()
    return Table(
        columns=start.columns,
        heading_row=start.heading_row,
        above=tuple(Row(number, cells) for number, cells in sheet.top if number < start.heading_row),
        sheet=source.sheet,
        sheets=sheets,
        encoding=source.encoding,
        delimiter=source.delimiter,
        hidden_rows=hidden,
        read=partial(rows_of, source, start, limits, hidden=hidden, leaves_out=wanted.leaves_hidden_out),
    )


def filled(source: Source, limits: Limits) -> Iterator[NumberedRow]:
    """Yield the filled rows, up to a long run of blank ones; raise SpreadsheetError if they are too long.

    A few bytes can expand to many characters, because a workbook stores a text once and refers to it often.
    """
    last = total = 0
    for number, cells in source.read():
        if number - last > MAX_BLANK_ROWS:
            return
        if not all(map(is_blank, cells)):
            last = number
            length = length_of(cells)
            total += length
            if length > MAX_ROW_LENGTH or total > limits.max_unpacked_bytes:
                raise SpreadsheetError(FileProblem.UNPACKED)
            yield number, cells


def length_of(cells: Sequence[object]) -> int:
    """Return the number of characters in a row's texts."""
    return sum([len(cell) for cell in cells if isinstance(cell, str)])


def is_blank(cell: object) -> bool:
    """Return whether a cell is empty or has only spaces."""
    return cell is None or cell == "" or (isinstance(cell, str) and cell.isspace())


def rows_of(source: Source, start: Start, limits: Limits, *, hidden: set[int], leaves_out: bool) -> Iterator[Row]:
    """Yield the rows below the headings, with the same width; raise SpreadsheetError if there are too many.

    The numbers of hidden rows are added to ``hidden``.
    """
    width = len(start.columns) + start.remarks
    count = 0
    for number, cells in filled(source, limits):
        if number <= start.heading_row:
            continue
        if number in source.hidden:
            hidden.add(number)
            if leaves_out:
                continue
        count += 1
        if count > limits.max_rows:
            raise SpreadsheetError(FileProblem.LONG, limit=limits.max_rows)
        row = fitted(number, cells, width, is_ragged=source.is_ragged)
        yield Row(number, row.values[: -start.remarks], row.problem) if start.remarks else row


def fitted(number: int, cells: Sequence[object], width: int, *, is_ragged: bool) -> Row:
    """Return a row with one value for each column, or a problem if it does not fit."""
    if isinstance(cells, WrongCells):
        return Row(number, list(cells), cells.problem)
    if len(cells) == width:
        return Row(number, cells)
    if len(cells) < width:
        return Row(number, [*cells, *[None] * (width - len(cells))])
    if is_ragged and any(cells[width:]):
        return Row(number, cells, RowProblem.TOO_MANY_CELLS)
    return Row(number, cells[:width])
