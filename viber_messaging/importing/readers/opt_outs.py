"""A row read as a phone that opts out. The database is not asked."""

from viber_messaging.importing.entities import Person
from viber_messaging.importing.rows import Reader
from viber_messaging.spreadsheets import Row


class OptOutReader(Reader[Person]):
    """Judges phones and nothing else: a list of people to leave alone teaches us nothing about them."""

    def record(self, row: Row) -> Person:
        """Return the phone of a row; raise Refused."""
        phone = self.phone_of(row)
        self.raise_if_repeated(phone, row)
        return Person(number=row.number, phone=phone, name="", attributes={})
