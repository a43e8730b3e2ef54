"""A table's rows judged one by one: what can be written, and refusals with their reason."""

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
"""Characters in which a workbook may write one."""
KEPT_OF_CELL = 1000
"""Characters that are kept of a cell in a row that is left out."""
KEPT_OF_ROW = 20_000
"""Characters that are kept of such a row."""


class Refused(Exception):
    """A row cannot be written, because of ``reason`` in ``column``; the others are as in Refusal."""

    def __init__(self, reason: Reason, column: Column, *, detail: str = "", first_row: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.column = column
        self.detail = detail
        self.first_row = first_row


class Reader(ABC, Generic[RecordT]):
    """Judges the rows of one table and remembers what it has seen; ``repeated`` is what a second such row is."""

    repeated = RecordProblem.REPEATED

    def __init__(self, table: Table) -> None:
        phone = table.column(Role.PHONE)
        if phone is None:
            raise ValueError("Choose the column that holds the phones first.")
        self.table = table
        self.phone = phone
        self.region = conf.DEFAULT_REGION
        self.seen: dict[Hashable, int] = {}

    @abstractmethod
    def record(self, row: Row) -> RecordT:
        """Return what a row says; raise Refused."""

    def records(self) -> Iterator[RecordT | Refusal]:
        """Yield what each row is; raise SpreadsheetError where the file ends badly."""
        for row in self.table.rows():
            try:
                if row.problem is not None:
                    raise Refused(row.problem, self.phone)
                yield self.record(row)
            except Refused as refused:
                yield refusal(row, refused)

    def raise_if_repeated(self, mark: Hashable, row: Row) -> None:
        """Raise Refused when an earlier row said the same."""
        first = self.seen.setdefault(mark, row.number)
        if first != row.number:
            raise Refused(self.repeated, self.phone, first_row=first)

    def phone_of(self, row: Row) -> str:
        """Return the phone of a row; raise Refused."""
        value = row.values[self.phone.index]
        if isinstance(value, BadCell):
            raise Refused(value.problem, self.phone)
        try:
            return normalize(value, self.region)
        except PhoneError as error:
            raise Refused(error.code, self.phone) from None


def text_in(row: Row, column: Column) -> str:
    """Return a cell as the text to store; raise Refused when it is no value at all."""
    value = row.values[column.index]
    if isinstance(value, BadCell):
        raise Refused(value.problem, column)
    return "" if value is None else unguarded(text_of(value))


def short_text_in(row: Row, column: Column, longest: int, problem: Reason) -> str:
    """Return a cell as the text to store; raise Refused when it is longer than what can be stored.

    A text that is far too long is not even cleaned.
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
    """Return cells as texts to show, shortened: a few bytes of a workbook can stand for a million characters."""
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
"""What rows are called that are left out and not wrong."""


def kind_of(reason: Reason) -> Kind:
    """Return whether a row is left out because it is blank, repeated or wrong."""
    return KINDS.get(reason, Kind.WRONG)


def value_at(values: Sequence[str], index: int) -> str:
    """Return a value, nothing where the row is too short."""
    return values[index] if index < len(values) else ""
