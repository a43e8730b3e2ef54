"""A spreadsheet kept between its preview and its import, as judged rows: it is read and judged once.

One JSON document a line: first the headings, then lists of rows. The upload itself need not be kept.
"""

import json
from collections.abc import Iterator
from typing import IO, Any

from viber_messaging.importing.batching import batches
from viber_messaging.importing.entities import Kind, Person, Refusal
from viber_messaging.importing.reading import Reader, Record
from viber_messaging.importing.reasons import REASONS
from viber_messaging.spreadsheets import Table


class Staged:
    """The judged rows in a seekable binary ``file``, which stays open; read as often as asked for."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file

    @property
    def headings(self) -> list[str]:
        """Return the headings of the spreadsheet, in order."""
        return list(self._head()["headings"])

    @property
    def attributes(self) -> list[str]:
        """Return the headings that become attributes."""
        return list(self._head()["attributes"])

    def records(self) -> Iterator[Record]:
        """Yield what each row is, in order."""
        self.file.seek(0)
        self.file.readline()
        for line in self.file:
            yield from map(loaded, json.loads(line))

    def _head(self) -> Any:
        self.file.seek(0)
        return json.loads(self.file.readline())


def stage(table: Table, file: IO[bytes]) -> Staged:
    """Judge every row of ``table`` and keep the results in ``file``, seekable and binary; return them.

    Raises SpreadsheetError where the upload ends badly, ValueError when no column is known to hold the phones.
    """
    reader = Reader(table)
    titles = [column.title or column.letter for column in table.columns]
    write_line(file, {"headings": titles, "attributes": [column.title for column in reader.others]})
    for batch in batches(reader.records()):
        write_line(file, [dumped(record) for record in batch])
    file.flush()
    return Staged(file)


def write_line(file: IO[bytes], document: Any) -> None:
    """Write one document."""
    file.write(json.dumps(document).encode() + b"\n")


def dumped(record: Record) -> list[Any]:
    """Return a record as a list."""
    if isinstance(record, Person):
        return [record.number, record.phone, record.name, record.attributes]
    return [record.number, None, record.kind, record.reason, record.cell, record.value, record.values, record.first_row]


def loaded(fields: list[Any]) -> Record:
    """Return the record that a list was made from."""
    if fields[1] is not None:
        number, phone, name, attributes = fields
        return Person(number=number, phone=phone, name=name, attributes=attributes)
    number, _none, kind, reason, cell, value, values, first_row = fields
    return Refusal(
        number=number,
        kind=Kind(kind),
        reason=REASONS[reason],
        cell=cell,
        value=value,
        values=tuple(values),
        first_row=first_row,
    )
