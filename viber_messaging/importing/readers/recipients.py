"""Read rows as people, without database queries."""

from viber_messaging.importing.entities import Person
from viber_messaging.importing.problems import RecordProblem
from viber_messaging.importing.rows import Reader, short_text_in
from viber_messaging.models import Recipient
from viber_messaging.spreadsheets import Role, Row, Table
from viber_messaging.spreadsheets.values.cells import on_one_line

NAME_LENGTH = Recipient._meta.get_field("name").max_length or 0
VALUE_LENGTH = 1000


class PersonReader(Reader[Person]):
    """Judges people; a phone may occur in only one row."""

    def __init__(self, table: Table) -> None:
        super().__init__(table)
        self.name = table.column(Role.NAME)
        self.others = tuple(column for column in table.columns if column.role is None and column.title)

    def record(self, row: Row) -> Person:
        """Return the person in a row; raise Refused."""
        phone = self.phone_of(row)
        name = on_one_line(short_text_in(row, self.name, NAME_LENGTH, RecordProblem.LONG_NAME)) if self.name else ""
        attributes = {
            column.title: text
            for column in self.others
            if (text := short_text_in(row, column, VALUE_LENGTH, RecordProblem.LONG_VALUE))
        }
        self.raise_if_repeated(phone, row)
        return Person(number=row.number, phone=phone, name=name, attributes=attributes)
