"""Read rows as phones that opt out, without database queries."""

from viber_messaging.importing.entities import Person
from viber_messaging.importing.rows import Reader
from viber_messaging.spreadsheets import Row


class OptOutReader(Reader[Person]):
    """Judges phones and ignores other columns, because a list of opt-outs should add no data about people."""

    def record(self, row: Row) -> Person:
        """Return the phone in a row; raise Refused."""
        phone = self.phone_of(row)
        self.raise_if_repeated(phone, row)
        return Person(number=row.number, phone=phone, name="", attributes={})
