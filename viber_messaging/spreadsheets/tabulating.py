"""From the cells of a sheet to a table: where the headings are, what they mean, and the rows below them."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice

from viber_messaging.conf import conf
from viber_messaging.phones import PhoneError, normalize
from viber_messaging.spreadsheets.cleaning import on_one_line, text_of
from viber_messaging.spreadsheets.errors import FileProblem, RowProblem, SpreadsheetError
from viber_messaging.spreadsheets.formulas import unguarded
from viber_messaging.spreadsheets.headings import Role, role_of
from viber_messaging.spreadsheets.limits import HEADING_SEARCH_ROWS, MAX_BLANK_ROWS, Limits
from viber_messaging.spreadsheets.sources import NumberedRow, Source
from viber_messaging.spreadsheets.tables import Column, Row, Table, letter_of

HEADING_LENGTH = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """Where a sheet's table begins: the number of the row of headings, 0 for none, and its columns."""

    heading_row: int
    columns: tuple[Column, ...]
    is_recognised: bool = False


def tabulate(
    sources: Sequence[Source],
    *,
    roles: frozenset[Role],
    chosen: Mapping[int, Role] | None,
    has_headings: bool | None,
    limits: Limits,
) -> Table:
    """Return the table of the first sheet whose headings name a phone, else of the first that holds anything.

    Raises SpreadsheetError when there is nothing, or nothing below the headings.
    """
    source, start = first_of(sources, roles, chosen, has_headings)
    raise_if_repeated(start.columns)
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


def first_of(
    sources: Sequence[Source], roles: frozenset[Role], chosen: Mapping[int, Role] | None, has_headings: bool | None
) -> tuple[Source, Start]:
    """Return the sheet to read, and where its table begins; raise SpreadsheetError if all are blank."""
    found: list[tuple[Source, Start]] = []
    for source in sources:
        start = start_of(source, roles, chosen, has_headings)
        if start is not None and start.is_recognised:
            return source, start
        if start is not None:
            found.append((source, start))
    if not found:
        raise SpreadsheetError(FileProblem.EMPTY)
    return found[0]


def start_of(
    source: Source, roles: frozenset[Role], chosen: Mapping[int, Role] | None, has_headings: bool | None
) -> Start | None:
    """Return where the table of a sheet begins, None where the sheet is blank."""
    top = list(islice(filled(source), HEADING_SEARCH_ROWS))
    if not top:
        return None
    for number, cells in top if has_headings is not False else []:
        meanings = [role_of(cell, roles) for cell in cells]
        if Role.PHONE in meanings:
            return Start(heading_row=number, columns=headed(cells, meanings, chosen), is_recognised=True)
    number, cells = top[0]
    if has_headings if has_headings is not None else not holds_phone(cells):
        return Start(heading_row=number, columns=headed(cells, [role_of(cell, roles) for cell in cells], chosen))
    return Start(heading_row=0, columns=unheaded(max(len(cells) for _number, cells in top), chosen))


def headed(
    cells: Sequence[object], meanings: Sequence[Role | None], chosen: Mapping[int, Role] | None
) -> tuple[Column, ...]:
    """Return the columns under these headings. Of two that both mean a phone neither is taken: a person must say."""
    counts = Counter(meanings)
    clear = [None if role == Role.PHONE and counts[role] > 1 else role for role in meanings]
    roles = clear if chosen is None else [chosen.get(index) for index in range(len(cells))]
    titles = [title_of(cell) for cell in cells]
    return tuple(
        Column(index=index, title=title, role=None if role in roles[:index] else role)
        for index, (title, role) in enumerate(zip(titles, roles, strict=True))
    )


def title_of(cell: object) -> str:
    """Return a heading as it is shown and as an attribute is called."""
    return unguarded(on_one_line(text_of(cell)))[:HEADING_LENGTH].strip()


def unheaded(width: int, chosen: Mapping[int, Role] | None) -> tuple[Column, ...]:
    """Return columns that are called by their letters."""
    roles = chosen or {}
    return tuple(Column(index=index, title=letter_of(index), role=roles.get(index)) for index in range(width))


def raise_if_repeated(columns: Sequence[Column]) -> None:
    """Raise SpreadsheetError when two columns have one heading: one would silently win."""
    seen: set[str] = set()
    for column in columns:
        heading = column.title
        if heading and heading in seen:
            raise SpreadsheetError(FileProblem.REPEATED_HEADING, title=column.title)
        seen.add(heading)


def holds_phone(cells: Sequence[object]) -> bool:
    """Tell whether a row is one of a person and not of headings."""
    return any(is_phone(cell) for cell in cells)


def is_phone(cell: object) -> bool:
    """Tell whether a cell holds a phone."""
    try:
        normalize(cell, conf.DEFAULT_REGION)
    except PhoneError:
        return False
    return True


def filled(source: Source) -> Iterator[NumberedRow]:
    """Yield the rows that hold anything, up to a long run of blank ones."""
    last = 0
    for number, cells in source.read():
        if number - last > MAX_BLANK_ROWS:
            return
        if any(cell is not None and cell != "" and not (isinstance(cell, str) and cell.isspace()) for cell in cells):
            last = number
            yield number, cells


def rows_of(source: Source, start: Start, limits: Limits) -> Iterator[Row]:
    """Yield the rows below the headings, as wide as those; raise SpreadsheetError when they are too many."""
    width = len(start.columns)
    count = 0
    for number, cells in filled(source):
        if number <= start.heading_row:
            continue
        count += 1
        if count > limits.max_rows:
            raise SpreadsheetError(FileProblem.LONG, limit=limits.max_rows)
        yield fitted(number, cells, width, is_ragged=source.is_ragged)


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
