"""The rows of one sheet, as they come out of the XML."""

from viber_messaging.spreadsheets.entities import BadCell, letter_of
from viber_messaging.spreadsheets.errors import FileProblem, RowProblem, SpreadsheetError
from viber_messaging.spreadsheets.limits import MAX_COLUMNS
from viber_messaging.spreadsheets.sources import NumberedRow
from viber_messaging.spreadsheets.xlsx.cells import Lookups, value_of
from viber_messaging.spreadsheets.xlsx.texts import TextHandler

MAX_CELLS = 16_384
"""Of a row in Excel; a row with more is no row."""
INDEXES = {letter_of(index): index for index in range(MAX_COLUMNS)}
DIGITS = "0123456789"
UNCALCULATED = BadCell(RowProblem.FORMULA, "=")


class SheetHandler(TextHandler):
    """Gathers whole rows until they are taken; at most one piece's worth is ever kept."""

    def __init__(self, lookups: Lookups, hidden: set[int]) -> None:
        super().__init__()
        self.lookups = lookups
        self.hidden = hidden
        self.rows: list[NumberedRow] = []
        self.number = 0
        self.is_done = False
        self.begin_row({"r": "0"})

    def take(self) -> list[NumberedRow]:
        """Return the rows gathered since the last time."""
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
            # Some write an inline text twice, for those who look for the value of any cell at one place.
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
        elif name == "rPh":
            self.is_aside = False
        elif name == "sheetData":
            self.is_done = True

    def begin_row(self, attributes: dict[str, str]) -> None:
        """Forget the row before; note the number of this one, and whether it is hidden."""
        number = attributes.get("r", "")
        self.number = int(number) if number.isdecimal() else self.number + 1
        if attributes.get("hidden") in ("1", "true"):
            self.hidden.add(self.number)
        self.cells: list[object] = []
        self.count = 0
        self.column = -1

    def begin_cell(self, attributes: dict[str, str]) -> None:
        """Note where a cell is and how it is to be read; raise SpreadsheetError in a row without end."""
        self.count += 1
        if self.count > MAX_CELLS:
            raise SpreadsheetError(FileProblem.DAMAGED)
        address = attributes.get("r")
        self.column = self.column + 1 if address is None else index_of(address.rstrip(DIGITS))
        self.attributes = attributes
        self.is_formula = False
        self.begin_text()

    def end_cell(self) -> None:
        """Keep a cell that holds something, at its place."""
        if (self.pieces or self.is_formula) and self.column < MAX_COLUMNS:
            missing = self.column - len(self.cells)
            if missing < 0:
                self.cells[self.column] = self.value()
                return
            if missing:
                self.cells.extend([None] * missing)
            self.cells.append(self.value())

    def value(self) -> object:
        """Return what the cell means. A formula that gave an empty text is marked as a text, one never run is not."""
        kind = self.attributes.get("t", "n")
        raw = "".join(self.pieces)
        if raw:
            return value_of(kind, self.attributes.get("s", ""), raw, self.lookups)
        return UNCALCULATED if self.is_formula and kind != "str" else None


def index_of(letters: str) -> int:
    """Return the place of a column; the letters are large, but for a few programs that write them small."""
    found = INDEXES.get(letters)
    return INDEXES.get(letters.upper(), MAX_COLUMNS) if found is None else found
