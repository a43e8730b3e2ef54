"""The rows of one sheet, as they come out of the XML."""

from viber_messaging.spreadsheets.errors import FileProblem, RowProblem, SpreadsheetError
from viber_messaging.spreadsheets.limits import MAX_COLUMNS
from viber_messaging.spreadsheets.sources import NumberedRow
from viber_messaging.spreadsheets.tables import BadCell, letter_of
from viber_messaging.spreadsheets.xlsx import events
from viber_messaging.spreadsheets.xlsx.cells import Collector, Lookups, value_of

MAX_CELLS = 16_384
"""Of a row in Excel; a row with more is no row."""
INDEXES = {letter_of(index): index for index in range(MAX_COLUMNS)}
DIGITS = "0123456789"
UNCALCULATED = BadCell(RowProblem.FORMULA, "=")


class SheetHandler(events.Handler):
    """Gathers whole rows until they are taken; at most one piece's worth is ever kept."""

    def __init__(self, lookups: Lookups) -> None:
        self.lookups = lookups
        self.collector = Collector()
        self.text = self.collector.add
        self.rows: list[NumberedRow] = []
        self.number = 0
        self.begin_row({})

    def take(self) -> list[NumberedRow]:
        """Return the rows gathered since the last time."""
        rows, self.rows = self.rows, []
        return rows

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Begin a row, a cell, or something in a cell."""
        if name == "c":
            self.begin_cell(attributes)
        elif name == "row":
            self.number = int(attributes.get("r", self.number + 1))
            self.begin_row(attributes)
        elif name == "f":
            self.is_formula = True
        else:
            self.collector.enter(name)

    def end(self, name: str) -> None:
        """End a row, a cell, or something in a cell."""
        if name == "c":
            self.end_cell()
        elif name == "row":
            self.rows.append((self.number, self.cells))
        else:
            self.collector.leave(name)

    def begin_row(self, attributes: dict[str, str]) -> None:
        """Forget the row before."""
        self.cells: list[object] = []
        self.count = 0
        self.column: int | None = -1

    def begin_cell(self, attributes: dict[str, str]) -> None:
        """Note where a cell is and how it is to be read; raise SpreadsheetError in a row without end."""
        self.count += 1
        if self.count > MAX_CELLS:
            raise SpreadsheetError(FileProblem.DAMAGED)
        self.column = self.column_of(attributes.get("r"))
        self.kind = attributes.get("t", "n")
        self.style = attributes.get("s", "")
        self.is_formula = False
        self.collector.clear()

    def column_of(self, address: str | None) -> int | None:
        """Return the column of an address such as B7, from 0; None where it is too far to the right."""
        if address is not None:
            return INDEXES.get(address.rstrip(DIGITS))
        following = MAX_COLUMNS if self.column is None else self.column + 1
        return following if following < MAX_COLUMNS else None

    def end_cell(self) -> None:
        """Keep a cell that holds something, at its place."""
        raw = self.collector.take()
        # A formula that gave an empty text is marked as a text; one that was never calculated is not.
        is_uncalculated = self.is_formula and not raw and self.kind != "str"
        if self.column is None or not (raw or is_uncalculated):
            return
        value = UNCALCULATED if is_uncalculated else value_of(self.kind, self.style, raw, self.lookups)
        missing = self.column - len(self.cells)
        if missing < 0:
            self.cells[self.column] = value
            return
        self.cells.extend([None] * missing)
        self.cells.append(value)
