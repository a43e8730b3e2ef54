"""The wrong rows as a spreadsheet to correct and upload again."""

from collections.abc import Iterator
from typing import IO

from django.utils.translation import gettext as _

from viber_messaging.importing.entities import Kind, Refusal
from viber_messaging.importing.stage import Staged
from viber_messaging.spreadsheets.writer import Format, write_table


def wrong_rows(staged: Staged) -> Iterator[Refusal]:
    """Yield every wrong row, in order."""
    for record in staged.records():
        if isinstance(record, Refusal) and record.kind == Kind.WRONG:
            yield record


def write_wrong_rows(staged: Staged, file: IO[bytes], format: Format = Format.XLSX) -> None:  # noqa: A002
    """Write every wrong row with its number and the reason to a binary ``file``, without active formulas."""
    headings = staged.headings
    write_table(file, format, [*headings, _("Row"), _("What is wrong")], report_rows(staged, len(headings)))


def report_rows(staged: Staged, width: int) -> Iterator[list[object]]:
    """Yield the original rows, cut or padded to the width of the headings, with number and reason."""
    for refusal in wrong_rows(staged):
        values = [*refusal.values[:width], *[""] * (width - len(refusal.values))]
        yield [*values, refusal.number, refusal.sentence]
