"""Find where a sheet's table begins, and the titles and roles of its columns."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import takewhile

from viber_messaging.conf import conf
from viber_messaging.spreadsheets.entities import Column, letter_of
from viber_messaging.spreadsheets.errors import FileProblem, SpreadsheetError
from viber_messaging.spreadsheets.headings import Role, remarks_in, role_of
from viber_messaging.spreadsheets.sources import NumberedRow
from viber_messaging.spreadsheets.values.cells import on_one_line, text_of
from viber_messaging.spreadsheets.values.formulas import unguarded
from viber_messaging.text.phones import PhoneError, PhoneProblem, normalize

HEADING_LENGTH = 100
READABLE_LENGTH = 10 * HEADING_LENGTH
"""The characters of a cell that are read for its heading; many of them may be spaces and escapes."""
NEARLY_PHONES = frozenset(
    {PhoneProblem.LANDLINE, PhoneProblem.NOT_MOBILE, PhoneProblem.EXTENSION, PhoneProblem.SEVERAL}
)
"""The problems of cells that were meant to be phones."""
NUMBERS = NEARLY_PHONES | {PhoneProblem.SHORT, PhoneProblem.LONG, PhoneProblem.INVALID, PhoneProblem.SHORTENED}
"""The problems of cells with numbers; with one of these, an unknown heading is treated as data, not lost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The roles to look for in headings, and a person's choices; ``sheet`` is the title of a sheet."""

    roles: frozenset[Role]
    chosen: Mapping[int, Role | None] = field(default_factory=dict)
    has_headings: bool | None = None
    sheet: str | None = None
    leaves_hidden_out: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """Where a sheet's table begins: the number of its heading row, 0 for none, and its columns.

    After them come ``remarks`` columns that said what was wrong when the rows were uploaded before.
    """

    heading_row: int
    columns: tuple[Column, ...]
    remarks: int = 0
    is_recognised: bool = False


def start_of(top: Sequence[NumberedRow], wanted: Wanted, *, is_ragged: bool) -> Start:
    """Return where the table with the first filled rows ``top`` begins."""
    width = max(len(cells) for _number, cells in top)
    above = [] if wanted.has_headings is False else list(takewhile(is_no_person, top))
    if named := named_headings(above, wanted):
        return headed_start(named, wanted, is_recognised=True)
    headings = unnamed_headings(above, width)
    if headings is None and wanted.has_headings:
        headings = first_of_table(above or top[:1])
    if headings is None:
        return Start(heading_row=0, columns=unheaded(width, wanted))
    number, cells = headings
    padding = 0 if is_ragged else width - len(cells)
    return headed_start((number, [*cells, *[None] * padding]), wanted)


def is_no_person(row: NumberedRow) -> bool:
    """Return whether a row has no phone. A row with a phone is data, and headings never come below data."""
    return not holds_phone(row[1])


def named_headings(above: Sequence[NumberedRow], wanted: Wanted) -> NumberedRow | None:
    """Return the row above the data with a heading for phones; a row with a single such cell may be a title."""
    named = [row for row in above if Role.PHONE in roles_of(row[1], wanted) and not any(map(is_like_phone, row[1]))]
    return first_of_table(named) if named else None


def unnamed_headings(above: Sequence[NumberedRow], width: int) -> NumberedRow | None:
    """Return the first row above the data that can be headings; a single cell above several columns is a title."""
    first = first_of_table(above) if above else None
    if first is None or any(problem_of(cell) in NUMBERS for cell in first[1]):
        return None
    return first if width == 1 or filled_cells(first) > 1 else None


def headed_start(row: NumberedRow, wanted: Wanted, *, is_recognised: bool = False) -> Start:
    """Return where a table with these headings begins, without the remarks columns on the right."""
    number, cells = row
    remarks = remarks_in(cells)
    columns = headed(cells[: len(cells) - remarks], wanted)
    return Start(heading_row=number, columns=columns, remarks=remarks, is_recognised=is_recognised)


def first_of_table(rows: Sequence[NumberedRow]) -> NumberedRow:
    """Return the first row with more than one filled cell; a single cell is a title above the table."""
    return next((row for row in rows if filled_cells(row) > 1), rows[0])


def filled_cells(row: NumberedRow) -> int:
    """Return how many cells of a row are filled."""
    return sum(map(bool, row[1]))


def headed(cells: Sequence[object], wanted: Wanted) -> tuple[Column, ...]:
    """Return the columns under these headings; raise SpreadsheetError if two are the same."""
    titles = [title_of(cell) for cell in cells]
    raise_if_repeated(titles)
    roles = chosen_over(recognised(cells, wanted), wanted.chosen)
    return tuple(Column(index=index, title=titles[index], role=role) for index, role in enumerate(roles))


def unheaded(width: int, wanted: Wanted) -> tuple[Column, ...]:
    """Return columns titled by their letters."""
    roles = chosen_over([None] * width, wanted.chosen)
    return tuple(Column(index=index, title=letter_of(index), role=role) for index, role in enumerate(roles))


def recognised(cells: Sequence[object], wanted: Wanted) -> list[Role | None]:
    """Return the roles of the headings, each role once. Of two phone columns neither is taken: a person must choose."""
    roles = roles_of(cells, wanted)
    if Counter(roles)[Role.PHONE] > 1:
        roles = [None if role == Role.PHONE else role for role in roles]
    return [None if role in roles[:index] else role for index, role in enumerate(roles)]


def roles_of(cells: Sequence[object], wanted: Wanted) -> list[Role | None]:
    """Return the role of each heading."""
    return [role_of(cell, wanted.roles) for cell in cells]


def chosen_over(roles: Sequence[Role | None], chosen: Mapping[int, Role | None]) -> list[Role | None]:
    """Return ``roles``, overridden by a person's choices."""
    taken = set(chosen.values())
    return [chosen.get(index, None if role in taken else role) for index, role in enumerate(roles)]


def title_of(cell: object) -> str:
    """Return a heading as it is shown, and used as an attribute's name."""
    readable = cell[:READABLE_LENGTH] if isinstance(cell, str) else cell
    return unguarded(on_one_line(text_of(readable)))[:HEADING_LENGTH].strip()


def raise_if_repeated(titles: Sequence[str]) -> None:
    """Raise SpreadsheetError if two columns have the same heading, because one would silently win."""
    for title, count in Counter(titles).items():
        if title and count > 1:
            raise SpreadsheetError(FileProblem.REPEATED_HEADING, title=title)


def holds_phone(cells: Sequence[object]) -> bool:
    """Return whether a row has a person, not headings."""
    return any(map(is_phone, cells))


def is_phone(cell: object) -> bool:
    """Return whether a cell has a phone."""
    return problem_of(cell) is None


def is_like_phone(cell: object) -> bool:
    """Return whether a cell has a phone, even a wrong one; no heading looks like that."""
    problem = problem_of(cell)
    return problem is None or problem in NEARLY_PHONES


def problem_of(cell: object) -> PhoneProblem | None:
    """Return why a cell is not a phone, None if it is one."""
    try:
        normalize(cell, conf.DEFAULT_REGION)
    except PhoneError as error:
        return error.code
    return None
