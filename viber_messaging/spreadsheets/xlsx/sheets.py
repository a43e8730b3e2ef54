"""Read the rows of one sheet from its XML."""

from viber_messaging.spreadsheets.entities import BadCell, letter_of
from viber_messaging.spreadsheets.errors import FileProblem, RowProblem, SpreadsheetError
from viber_messaging.spreadsheets.limits import MAX_COLUMNS
from viber_messaging.spreadsheets.sources import NumberedRow
from viber_messaging.spreadsheets.xlsx.cells import Lookups, value_of
from viber_messaging.spreadsheets.xlsx.texts import TextHandler

MAX_CELLS = 16_384
"""The most cells in a row in Excel; a row with more is invalid."""
LAST_ROW = 1_048_576
"""The number of the last row in Excel."""
INDEXES = {letter_of(index): index for index in range(MAX_COLUMNS)}
DIGITS = "0123456789"
UNCALCULATED = BadCell(RowProblem.FORMULA, "=")


class SheetHandler(TextHandler):
    """Collects whole rows until they are taken; never keeps more than those of one piece."""

    def __init__(self, lookups: Lookups, hidden: set[int]) -> None:
        super().__init__()
        self.lookups = lookups
        self.hidden = hidden
        self.rows: list[NumberedRow] = []
        self.number = -1
        self.cells: list[object] = []
        self.is_done = False
        self.begin_row({})

    def take(self) -> list[NumberedRow]:
        """Return the rows collected since the last call."""
        rows, self.rows = self.rows, []
        return rows

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Begin a row, a cell, or something in a cell."""
        if name == "c":
            self.begin_cell(attributes)
        elif name == "row":
            self.begin_row(attributes)
        elif name == "f":
            self.is_formula = True
        elif name == "is":
            # Some programs write an inline text twice, for readers that look for all values in one place.
            self.begin_text()
        elif name == "v" and self.pieces:
            self.is_open = False
        else:
            super().start(name, attributes)

    def end(self, name: str) -> None:
        """End a row, a cell, or something in a cell."""
        self.is_open = False
        if name == "c":
            self.end_cell()
        elif name == "row":
            self.rows.append((self.number, self.cells))
            self.cells = []
        elif name == "rPh":
            self.is_aside = False
        elif name == "sheetData":
            self.is_done = True

    def begin_row(self, attributes: dict[str, str]) -> None:
        """Start a row: record its number, and whether it is hidden."""
        self.number = number_after(self.number, attributes.get("r", ""))
        if attributes.get("hidden") in ("1", "true"):
            self.hidden.add(self.number)
        self.cells = []
        self.count = 0
        self.column = -1

    def begin_cell(self, attributes: dict[str, str]) -> None:
        """Start a cell: record its position and attributes; raise SpreadsheetError for an endless row."""
        self.count += 1
        if self.count > MAX_CELLS:
            raise SpreadsheetError(FileProblem.DAMAGED)
        address = attributes.get("r")
        self.column = index_of(address.rstrip(DIGITS)) if address else self.column + 1
        self.attributes = attributes
        self.is_formula = False
        self.begin_text()

    def end_cell(self) -> None:
        """Store a filled cell at its position."""
        if (self.pieces or self.is_formula) and self.column < MAX_COLUMNS:
            missing = self.column - len(self.cells)
            if missing < 0:
                self.cells[self.column] = self.value()
                return
            if missing:
                self.cells.extend([None] * missing)
            self.cells.append(self.value())

    def value(self) -> object:
        """Return the cell's value. A formula with an empty result is marked as text; one never calculated is not."""
        kind = self.attributes.get("t", "n")
        raw = "".join(self.pieces)
        if raw:
            return value_of(kind, self.attributes.get("s", ""), raw, self.lookups)
        return UNCALCULATED if self.is_formula and kind != "str" else None


def number_after(last: int, written: str) -> int:
    """Return the number of a row, or the next one if what is written does not come after ``last``.

    Otherwise, rows could have the numbers of rows above the headings, and be left out with them.
    """
    number = int(written) if written.isdecimal() and len(written) <= len(str(LAST_ROW)) else 0
    return number if last < number <= LAST_ROW else last + 1


def index_of(letters: str) -> int:
    """Return the index of a column; a few programs write its letters in lower case."""
    found = INDEXES.get(letters)
    return INDEXES.get(letters.upper(), MAX_COLUMNS) if found is None else found
