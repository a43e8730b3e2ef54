"""Where a sheet's table begins, and what its columns are called and mean."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from viber_messaging.conf import conf
from viber_messaging.phones import PhoneError, normalize
from viber_messaging.spreadsheets.cleaning import on_one_line, text_of
from viber_messaging.spreadsheets.errors import FileProblem, SpreadsheetError
from viber_messaging.spreadsheets.formulas import unguarded
from viber_messaging.spreadsheets.headings import Role, remarks_in, role_of
from viber_messaging.spreadsheets.sources import NumberedRow
from viber_messaging.spreadsheets.tables import Column, letter_of

HEADING_LENGTH = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is looked for in headings, and what a person has said instead."""

    roles: frozenset[Role]
    chosen: Mapping[int, Role | None] = field(default_factory=dict)
    has_headings: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """Where a sheet's table begins: the number of the row of headings, 0 for none, and its columns.

    ``remarks`` columns follow that say what was wrong when the rows were uploaded before.
    """

    heading_row: int
    columns: tuple[Column, ...]
    remarks: int = 0
    is_recognised: bool = False


def start_of(top: Sequence[NumberedRow], wanted: Wanted, *, is_ragged: bool) -> Start:
    """Return where the table begins whose first filled rows are ``top``."""
    for number, cells in top if wanted.has_headings is not False else []:
        if Role.PHONE in roles_of(cells, wanted):
            return headed_start(number, cells, wanted, is_recognised=True)
    width = max(len(cells) for _number, cells in top)
    number, cells = first_of_table(top)
    if wanted.has_headings or (wanted.has_headings is None and not holds_phone(top[0][1])):
        padding = 0 if is_ragged else width - len(cells)
        return headed_start(number, [*cells, *[None] * padding], wanted)
    return Start(heading_row=0, columns=unheaded(width, wanted))


def headed_start(number: int, cells: Sequence[object], wanted: Wanted, *, is_recognised: bool = False) -> Start:
    """Return where a table with these headings begins, without the remarks at its right."""
    remarks = remarks_in(cells)
    columns = headed(cells[: len(cells) - remarks], wanted)
    return Start(heading_row=number, columns=columns, remarks=remarks, is_recognised=is_recognised)


def first_of_table(top: Sequence[NumberedRow]) -> NumberedRow:
    """Return the first row with more than one filled cell: one alone is a title above the table."""
    return next((row for row in top if sum(map(bool, row[1])) > 1), top[0])


def headed(cells: Sequence[object], wanted: Wanted) -> tuple[Column, ...]:
    """Return the columns under these headings; raise SpreadsheetError when two are the same."""
    titles = [title_of(cell) for cell in cells]
    raise_if_repeated(titles)
    roles = chosen_over(recognised(cells, wanted), wanted.chosen)
    return tuple(Column(index=index, title=titles[index], role=role) for index, role in enumerate(roles))


def unheaded(width: int, wanted: Wanted) -> tuple[Column, ...]:
    """Return columns that are called by their letters."""
    roles = chosen_over([None] * width, wanted.chosen)
    return tuple(Column(index=index, title=letter_of(index), role=role) for index, role in enumerate(roles))


def recognised(cells: Sequence[object], wanted: Wanted) -> list[Role | None]:
    """Return what the headings mean, each meaning once. Of two phones neither is taken: a person must say which."""
    roles = roles_of(cells, wanted)
    if Counter(roles)[Role.PHONE] > 1:
        roles = [None if role == Role.PHONE else role for role in roles]
    return [None if role in roles[:index] else role for index, role in enumerate(roles)]


def roles_of(cells: Sequence[object], wanted: Wanted) -> list[Role | None]:
    """Return what each heading means."""
    return [role_of(cell, wanted.roles) for cell in cells]


def chosen_over(roles: Sequence[Role | None], chosen: Mapping[int, Role | None]) -> list[Role | None]:
    """Return ``roles`` with what a person has chosen in their place."""
    taken = set(chosen.values())
    return [chosen.get(index, None if role in taken else role) for index, role in enumerate(roles)]


def title_of(cell: object) -> str:
    """Return a heading as it is shown and as an attribute is called."""
    return unguarded(on_one_line(text_of(cell)))[:HEADING_LENGTH].strip()


def raise_if_repeated(titles: Sequence[str]) -> None:
    """Raise SpreadsheetError when two columns have one heading: one would silently win."""
    for title, count in Counter(titles).items():
        if title and count > 1:
            raise SpreadsheetError(FileProblem.REPEATED_HEADING, title=title)


def holds_phone(cells: Sequence[object]) -> bool:
    """Tell whether a row is one of a person and not of headings."""
    return any(map(is_phone, cells))


def is_phone(cell: object) -> bool:
    """Tell whether a cell holds a phone."""
    try:
        normalize(cell, conf.DEFAULT_REGION)
    except PhoneError:
        return False
    return True
