"""From the cells of sheets to a table: the sheet that is meant, and the rows below its headings."""

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import islice

from viber_messaging.spreadsheets.columns import Start, Wanted, start_of
from viber_messaging.spreadsheets.errors import FileProblem, RowProblem, SpreadsheetError
from viber_messaging.spreadsheets.limits import HEADING_SEARCH_ROWS, MAX_BLANK_ROWS, Limits
from viber_messaging.spreadsheets.sources import NumberedRow, Source
from viber_messaging.spreadsheets.tables import Row, Table


def tabulate(sources: Sequence[Source], wanted: Wanted, limits: Limits) -> Table:
    """Return the table of the first sheet whose headings name a phone, else of the first that holds anything.

    Raises SpreadsheetError when there is nothing, or nothing below the headings.
    """
    source, start = chosen_sheet(sources, wanted)
    table = Table(
        columns=start.columns,
        heading_row=start.heading_row,
        sheet=source.sheet,
        encoding=source.encoding,
        delimiter=source.delimiter,
        read=partial(rows_of, source, start, limits),
    )
    if next(table.rows(), None) is None:
        raise SpreadsheetError(FileProblem.NO_ROWS)
    return table


def chosen_sheet(sources: Sequence[Source], wanted: Wanted) -> tuple[Source, Start]:
    """Return the sheet to read, and where its table begins; raise SpreadsheetError if all are blank."""
    found: list[tuple[Source, Start]] = []
    for source in sources:
        if top := list(islice(filled(source), HEADING_SEARCH_ROWS)):
            start = start_of(top, wanted, is_ragged=source.is_ragged)
            if start.is_recognised:
                return source, start
            found.append((source, start))
    if not found:
        raise SpreadsheetError(FileProblem.EMPTY)
    return found[0]


def filled(source: Source) -> Iterator[NumberedRow]:
    """Yield the rows that hold anything, up to a long run of blank ones."""
    last = 0
    for number, cells in source.read():
        if number - last > MAX_BLANK_ROWS:
            return
        if not all(map(is_blank, cells)):
            last = number
            yield number, cells


def is_blank(cell: object) -> bool:
    """Tell whether a cell holds nothing, or nothing but spaces."""
    return cell is None or cell == "" or (isinstance(cell, str) and cell.isspace())


def rows_of(source: Source, start: Start, limits: Limits) -> Iterator[Row]:
    """Yield the rows below the headings, as wide as those; raise SpreadsheetError when they are too many."""
    width = len(start.columns) + start.remarks
    count = 0
    for number, cells in filled(source):
        if number <= start.heading_row:
            continue
        count += 1
        if count > limits.max_rows:
            raise SpreadsheetError(FileProblem.LONG, limit=limits.max_rows)
        row = fitted(number, cells, width, is_ragged=source.is_ragged)
        yield Row(number, row.values[: -start.remarks], row.problem) if start.remarks else row


def fitted(number: int, cells: Sequence[object], width: int, *, is_ragged: bool) -> Row:
    """Return a row with one value for each column, or with what does not fit."""
    if len(cells) == width:
        return Row(number, cells)
    if len(cells) < width:
        values = [*cells, *[None] * (width - len(cells))]
        return Row(number, values, RowProblem.TOO_FEW_CELLS if is_ragged else None)
    if is_ragged and any(cells[width:]):
        return Row(number, cells, RowProblem.TOO_MANY_CELLS)
    return Row(number, cells[:width])
