"""The parts of a spreadsheet: columns with their roles, and streamed rows."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from viber_messaging.spreadsheets.errors import RowProblem
from viber_messaging.spreadsheets.headings import Role


@dataclass(frozen=True, slots=True)
class BadCell:
    """A cell without a usable value: an Excel error, or a formula that was never calculated."""

    problem: RowProblem
    shown: str

    def __str__(self) -> str:
        return self.shown


@dataclass(frozen=True, slots=True)
class Row:
    """One row that is not blank; ``number`` is what Excel shows beside it.

    There is one value for each column: None, a text, a number, a boolean, a date, a time or a BadCell. If ``problem``
    is set, the row does not fit the headings, and ``values`` are all the values found.
    """

    number: int
    values: Sequence[object]
    problem: RowProblem | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: its heading, or its letter if it has none, and its recognised role."""

    index: int
    title: str
    role: Role | None = None

    @property
    def letter(self) -> str:
        """The letters that Excel shows above the column."""
        return letter_of(self.index)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A spreadsheet whose columns are known and whose rows are read on demand.

    ``heading_row`` is the number of the heading row, 0 if there is none; ``above`` are the filled rows above it, which
    are left out. ``sheet`` is None for text files, ``sheets`` are all that are not empty; ``encoding`` and
    ``delimiter`` are None for workbooks. ``hidden_rows`` are the numbers of the rows that the workbook hides, known
    once the rows are read.
    """

    columns: tuple[Column, ...]
    heading_row: int
    above: tuple[Row, ...] = field(default=(), repr=False)
    sheet: str | None = None
    sheets: tuple[str, ...] = ()
    encoding: str | None = None
    delimiter: str | None = None
    hidden_rows: set[int] = field(default_factory=set, repr=False)
    read: Callable[[], Iterator[Row]] = field(repr=False)

    def rows(self) -> Iterator[Row]:
        """Read the file from its first row; only one pass at a time. May raise SpreadsheetError while iterating."""
        return self.read()

    def column(self, role: Role) -> Column | None:
        """Return the column with this role, None if there is none."""
        return next((column for column in self.columns if column.role == role), None)


def letter_of(index: int) -> str:
    """Return the letters of the column at ``index``, counted from 0."""
    letters = ""
    number = index + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
