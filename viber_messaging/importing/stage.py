"""Keep a spreadsheet's judged rows between its preview and its import, so that it is read and judged only once.

Each line is a JSON document: first the headings, then lists of rows. The upload itself need not be kept.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import IO, Any, TypeAlias

from viber_messaging.delivery.storage.batches import batches
from viber_messaging.importing.entities import Draft, Kind, Person, Refusal
from viber_messaging.importing.problems import REASONS
from viber_messaging.importing.readers.messages import DraftReader
from viber_messaging.importing.readers.opt_outs import OptOutReader
from viber_messaging.importing.readers.recipients import PersonReader
from viber_messaging.importing.rows import texts_of
from viber_messaging.spreadsheets import Table
from viber_messaging.spreadsheets.values.cells import on_one_line

LINE_SIZE = 200
"""The records in a line: few enough to be freed before the garbage collector has to scan them often."""
Record: TypeAlias = Person | Draft | Refusal


class Subject(StrEnum):
    """What the rows of a spreadsheet describe."""

    RECIPIENTS = "recipients"
    MESSAGES = "messages"
    OPT_OUTS = "opt_outs"


class Staged:
    """The judged rows in a seekable binary ``file``, which stays open and can be read several times."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.file.seek(0)
        head = json.loads(self.file.readline())
        self.subject = Subject(head["subject"])
        self.headings: tuple[str, ...] = tuple(head["headings"])
        self.attributes: tuple[str, ...] = tuple(head["attributes"])
        self.above: tuple[tuple[int, Sequence[str]], ...] = tuple(map(tuple, head["above"]))
        """The rows above the headings, with their numbers; they are not imported."""

    def batches(self) -> Iterator[list[Record]]:
        """Yield the records in order, in batches small enough for a query and for memory."""
        return batches(self.records(), weigh=weight_of)

    def records(self) -> Iterator[Record]:
        """Yield the records in order."""
        self.file.seek(0)
        self.file.readline()
        for line in self.file:
            yield from map(loaded, json.loads(line))


def stage(table: Table, file: IO[bytes]) -> Staged:
    """Judge every row of ``table`` as a person, save the results in the seekable binary ``file`` and return them.

    Raises SpreadsheetError if the upload is damaged further on, ValueError if the column with the phones is unknown.
    """
    reader = PersonReader(table)
    write_head(file, table, Subject.RECIPIENTS, [column.title for column in reader.others])
    return write_records(file, reader.records())


def stage_messages(
    table: Table,
    file: IO[bytes],
    defaults: Mapping[str, str],
    *,
    senders: Sequence[str] | None = None,
) -> Staged:
    """Judge every row of ``table`` as a message; ``defaults`` fill blank cells, such as the sender.

    If ``senders`` are given, every message must have one of them.

    Open the table with ``roles=MESSAGE_ROLES``. Raises as ``stage`` does.
    """
    reader = DraftReader(table, defaults, senders)
    write_head(file, table, Subject.MESSAGES, [])
    return write_records(file, reader.records())


def stage_opt_outs(table: Table, file: IO[bytes]) -> Staged:
    """Judge every row of ``table`` as a phone that opts out, ignoring other columns. Raises as ``stage`` does."""
    reader = OptOutReader(table)
    write_head(file, table, Subject.OPT_OUTS, [])
    return write_records(file, reader.records())


def write_head(file: IO[bytes], table: Table, subject: Subject, attributes: Sequence[str]) -> None:
    """Write the first line, with what is known before the rows are read."""
    headings = [column.title or column.letter for column in table.columns]
    above = [(row.number, [on_one_line(text) for text in texts_of(row.values) if text]) for row in table.above]
    write_line(file, {"subject": subject, "headings": headings, "attributes": attributes, "above": above})


def write_records(file: IO[bytes], records: Iterable[Record]) -> Staged:
    """Write judged rows as they come."""
    for batch in batches(records, LINE_SIZE, weigh=weight_of):
        write_line(file, [dumped(record) for record in batch])
    file.flush()
    return Staged(file)


def weight_of(record: Record) -> int:
    """Return roughly how many characters a record has."""
    if isinstance(record, Person):
        return sum(map(len, record.attributes.values()))
    return sum(map(len, record.values)) if isinstance(record, Refusal) else len(record.content["text"])


def write_line(file: IO[bytes], document: Any) -> None:
    """Write one document."""
    file.write(json.dumps(document).encode() + b"\n")


def dumped(record: Record) -> list[Any]:
    """Return a record as a list whose first item identifies its class."""
    if isinstance(record, Person):
        return ["p", record.number, record.phone, record.name, record.attributes]
    if isinstance(record, Draft):
        moment = record.scheduled_at.isoformat() if record.scheduled_at else None
        return ["d", record.number, record.phone, record.content, moment]
    fields = [record.number, record.kind, record.reason, record.cell, record.value, record.values]
    return ["r", *fields, record.first_row, record.detail]


def loaded(fields: list[Any]) -> Record:
    """Return the record that a list was made from."""
    match fields:
        case ["p", number, phone, name, attributes]:
            return Person(number=number, phone=phone, name=name, attributes=attributes)
        case ["d", number, phone, content, moment]:
            scheduled_at = datetime.fromisoformat(moment) if moment else None
            return Draft(number=number, phone=phone, content=content, scheduled_at=scheduled_at)
    return loaded_refusal(*fields[1:])


def loaded_refusal(
    number: int, kind: str, reason: str, cell: str, value: str, values: list[str], first_row: int | None, detail: str
) -> Refusal:
    """Return the refusal that these values were made from."""
    return Refusal(
        number=number,
        kind=Kind(kind),
        reason=REASONS[reason],
        cell=cell,
        value=value,
        values=tuple(values),
        first_row=first_row,
        detail=detail,
    )
