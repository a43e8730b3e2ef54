"""Text tables, which the standard library's reader reads too, as long as every quotation mark has its pair."""

import csv
from collections.abc import Iterator
from contextlib import suppress
from io import BytesIO, StringIO

from tests.fuzz.tables import read_table, small_limits
from tests.fuzz.target import DATA, Target
from viber_messaging.spreadsheets import SpreadsheetError, Table, open_table


def read(content: bytes) -> None:
    read_table(content, "people.csv")
    with small_limits(), suppress(SpreadsheetError, UnicodeDecodeError, csv.Error):
        compare(content)


def compare(content: bytes) -> None:
    """Compare the rows with those of the standard library, which gives up at a single wrong quotation mark."""
    table = open_table(BytesIO(content), "people.csv")
    second = dict(second_reading(content, table))
    for row in table.rows():
        expected = second[row.number]
        found = ["" if value is None else value for value in row.values]
        assert found[: len(expected)] == expected[: len(found)]
        assert not any(found[len(expected) :])


def second_reading(content: bytes, table: Table) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows by number; raise csv.Error or UnicodeDecodeError if only a tolerant reader can read them."""
    lines = StringIO(content.decode(table.encoding or "").removeprefix("\ufeff"), newline="")
    if lines.readline().rstrip("\r\n").strip('"').lower() != f"sep={table.delimiter}":
        lines.seek(0)
    yield from enumerate(csv.reader(lines, delimiter=table.delimiter or "", skipinitialspace=True, strict=True), 1)


CSV = Target(name="csv", read=read, others=sorted(DATA.glob("*.csv")))
