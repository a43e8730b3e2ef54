"""A table's rows judged one by one: people, and refusals with their reason. The database is not asked."""

from collections.abc import Iterator, Sequence
from typing import TypeAlias

from viber_messaging.conf import conf
from viber_messaging.importing.entities import Kind, Person, Refusal
from viber_messaging.importing.reasons import PersonProblem, Reason
from viber_messaging.models import Recipient
from viber_messaging.phones import PhoneError, PhoneProblem, normalize
from viber_messaging.spreadsheets import BadCell, Column, Role, Row, Table
from viber_messaging.spreadsheets.cleaning import on_one_line, text_of
from viber_messaging.spreadsheets.formulas import unguarded

NAME_LENGTH = Recipient._meta.get_field("name").max_length or 0
VALUE_LENGTH = 1000

Record: TypeAlias = Person | Refusal


class Refused(Exception):
    """A row cannot be written, because of ``reason`` in ``column``."""

    def __init__(self, reason: Reason, column: Column) -> None:
        super().__init__(reason)
        self.reason = reason
        self.column = column


class Reader:
    """Judges the rows of one table and remembers which phones it has seen."""

    def __init__(self, table: Table) -> None:
        phone = table.column(Role.PHONE)
        if phone is None:
            raise ValueError("Choose the column that holds the phones first.")
        self.table = table
        self.phone = phone
        self.name = table.column(Role.NAME)
        self.others = tuple(column for column in table.columns if column.role is None and column.title)
        self.region = conf.DEFAULT_REGION
        self.seen: dict[str, int] = {}

    def records(self) -> Iterator[Record]:
        """Yield what each row is; raise SpreadsheetError where the file ends badly."""
        for row in self.table.rows():
            try:
                yield self.person(row)
            except Refused as refused:
                yield self.refusal(row, refused)

    def person(self, row: Row) -> Person:
        """Return the person of a row; raise Refused."""
        if row.problem is not None:
            raise Refused(row.problem, self.phone)
        phone = self.phone_of(row)
        name = self.text(row, self.name, NAME_LENGTH, PersonProblem.LONG_NAME) if self.name else ""
        attributes = {
            column.title: text
            for column in self.others
            if (text := self.text(row, column, VALUE_LENGTH, PersonProblem.LONG_VALUE))
        }
        if self.seen.setdefault(phone, row.number) != row.number:
            raise Refused(PersonProblem.REPEATED, self.phone)
        return Person(number=row.number, phone=phone, name=on_one_line(name), attributes=attributes)

    def phone_of(self, row: Row) -> str:
        """Return the phone of a row; raise Refused."""
        value = row.values[self.phone.index]
        if isinstance(value, BadCell):
            raise Refused(value.problem, self.phone)
        try:
            return normalize(value, self.region)
        except PhoneError as error:
            raise Refused(error.code, self.phone) from None

    def text(self, row: Row, column: Column, longest: int, problem: PersonProblem) -> str:
        """Return a cell as the text to store; raise Refused when it is too long, or no value at all."""
        value = row.values[column.index]
        if value is None:
            return ""
        if isinstance(value, BadCell):
            raise Refused(value.problem, column)
        text = unguarded(text_of(value))
        if len(text) > longest:
            raise Refused(problem, column)
        return text

    def refusal(self, row: Row, refused: Refused) -> Refusal:
        """Return why a row is left out."""
        values = tuple(unguarded(text_of(value)) for value in row.values)
        return Refusal(
            number=row.number,
            kind=kind_of(refused.reason),
            reason=refused.reason,
            cell=f"{refused.column.letter}{row.number}",
            value=value_at(values, refused.column.index),
            values=values,
            first_row=self.first_row(row, refused.reason),
        )

    def first_row(self, row: Row, reason: Reason) -> int | None:
        """Return the row that a row repeats."""
        return self.seen[self.phone_of(row)] if reason == PersonProblem.REPEATED else None


def kind_of(reason: Reason) -> Kind:
    """Return whether a row is left out because it is blank, repeated or wrong."""
    kinds: dict[Reason, Kind] = {PhoneProblem.EMPTY: Kind.EMPTY, PersonProblem.REPEATED: Kind.REPEATED}
    return kinds.get(reason, Kind.WRONG)


def value_at(values: Sequence[str], index: int) -> str:
    """Return a value, nothing where the row is too short."""
    return values[index] if index < len(values) else ""
