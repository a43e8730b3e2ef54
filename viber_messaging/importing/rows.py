"""Judge a table's rows one by one: records that can be written, and refusals with their reason."""

from abc import ABC, abstractmethod
from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import Generic, TypeVar

from viber_messaging.conf import conf
from viber_messaging.importing.entities import Kind, Refusal
from viber_messaging.importing.problems import Reason, RecordProblem
from viber_messaging.spreadsheets import BadCell, Column, Role, Row, Table
from viber_messaging.spreadsheets.values.cells import text_of
from viber_messaging.spreadsheets.values.formulas import unguarded
from viber_messaging.text.phones import PhoneError, PhoneProblem, normalize

RecordT = TypeVar("RecordT")

LONGEST_ESCAPE = 8
"""The most characters that a workbook may need to write one character."""
KEPT_OF_CELL = 1000
"""The characters kept from each cell of a refused row."""
KEPT_OF_ROW = 20_000
"""The characters kept from a whole refused row."""


class Refused(Exception):
    """Raised when a row cannot be written, for ``reason`` in ``column``; the other arguments are as in Refusal."""

    def __init__(self, reason: Reason, column: Column, *, detail: str = "", first_row: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.column = column
        self.detail = detail
        self.first_row = first_row


class Reader(ABC, Generic[RecordT]):
    """Judges the rows of one table and remembers them; ``repeated`` is the problem of a row that was seen before."""

    repeated = RecordProblem.REPEATED

    def __init__(self, table: Table) -> None:
        phone = table.column(Role.PHONE)
        if phone is None:
            raise ValueError("First choose the column that contains the phone numbers.")
        self.table = table
        self.phone = phone
        self.region = conf.DEFAULT_REGION
        self.seen: dict[Hashable, int] = {}

    @abstractmethod
    def record(self, row: Row) -> RecordT:
        """Return the record in a row; raise Refused."""

    def records(self) -> Iterator[RecordT | Refusal]:
        """Yield a record or a refusal for each row; raise SpreadsheetError if the file is damaged further on."""
        for row in self.table.rows():
            try:
                if row.problem is not None:
                    raise Refused(row.problem, self.phone)
                yield self.record(row)
            except Refused as refused:
                yield refusal(row, refused)

    def raise_if_repeated(self, mark: Hashable, row: Row) -> None:
        """Raise Refused if an earlier row had the same content."""
        first = self.seen.setdefault(mark, row.number)
        if first != row.number:
            raise Refused(self.repeated, self.phone, first_row=first)

    def phone_of(self, row: Row) -> str:
        """Return the phone in a row; raise Refused."""
        value = row.values[self.phone.index]
        if isinstance(value, BadCell):
            raise Refused(value.problem, self.phone)
        try:
            return normalize(value, self.region)
        except PhoneError as error:
            raise Refused(error.code, self.phone) from None


def text_in(row: Row, column: Column) -> str:
    """Return a cell as the text to store; raise Refused if it has no valid value."""
    value = row.values[column.index]
    if isinstance(value, BadCell):
        raise Refused(value.problem, column)
    return "" if value is None else unguarded(text_of(value))


def short_text_in(row: Row, column: Column, longest: int, problem: Reason) -> str:
    """Return a cell as the text to store; raise Refused if it is too long to be stored.

    A text that is far too long is refused before it is cleaned.
    """
    value = row.values[column.index]
    if isinstance(value, str) and len(value.strip()) > LONGEST_ESCAPE * longest:
        raise Refused(problem, column)
    text = text_in(row, column)
    if len(text) > longest:
        raise Refused(problem, column)
    return text


def refusal(row: Row, refused: Refused) -> Refusal:
    """Return why a row is left out."""
    values = texts_of(row.values)
    return Refusal(
        number=row.number,
        kind=kind_of(refused.reason),
        reason=refused.reason,
        cell=f"{refused.column.letter}{row.number}",
        value=value_at(values, refused.column.index),
        values=values,
        detail=refused.detail,
        first_row=refused.first_row,
    )


def texts_of(values: Sequence[object]) -> tuple[str, ...]:
    """Return cells as shortened texts to show: a few bytes of a workbook can expand to a million characters."""
    left = KEPT_OF_ROW
    texts = []
    for value in values:
        shown = value[:KEPT_OF_CELL] if isinstance(value, str) else value
        texts.append(unguarded(text_of(shown))[:left])
        left -= len(texts[-1])
    return tuple(texts)


KINDS: Mapping[Reason, Kind] = {
    PhoneProblem.EMPTY: Kind.EMPTY,
    RecordProblem.REPEATED: Kind.REPEATED,
    RecordProblem.REPEATED_MESSAGE: Kind.REPEATED,
}
"""The kinds of rows that are left out without being wrong."""


def kind_of(reason: Reason) -> Kind:
    """Return whether a row is left out because it is blank, repeated or wrong."""
    return KINDS.get(reason, Kind.WRONG)


def value_at(values: Sequence[str], index: int) -> str:
    """Return a value, or an empty string if the row is too short."""
    return values[index] if index < len(values) else ""
