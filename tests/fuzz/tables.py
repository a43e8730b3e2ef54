"""What holds for every spreadsheet that is read, whatever its format."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO
from itertools import pairwise

from django.conf import settings
from django.test import override_settings

from tests.fuzz.sentences import check_sentence
from viber_messaging.importing import stage, stage_messages, stage_opt_outs
from viber_messaging.spreadsheets import MESSAGE_ROLES, RECIPIENT_ROLES, Role, Row, SpreadsheetError, Table, open_table

MAX_BYTES = 256 * 1024
MAX_ROWS = 2000
"""The site's limits while a table is read: far below the defaults, so that small files reach them."""


def read_table(content: bytes, name: str) -> None:
    """Read a file as people, as opt-outs and as messages; a file that cannot be read must say why in one sentence."""
    with small_limits():
        for roles in (RECIPIENT_ROLES, MESSAGE_ROLES):
            try:
                read_as(content, name, roles)
            except SpreadsheetError as error:
                check_sentence(error)


@contextmanager
def small_limits() -> Iterator[None]:
    keys = {**settings.VIBER_MESSAGING, "IMPORT_MAX_BYTES": MAX_BYTES, "IMPORT_MAX_ROWS": MAX_ROWS}
    with override_settings(VIBER_MESSAGING=keys):
        yield


def read_as(content: bytes, name: str, roles: frozenset[Role]) -> None:
    table = open_table(BytesIO(content), name, roles=roles)
    rows = list(table.rows())
    check_rows(table, rows)
    assert repr(list(table.rows())) == repr(rows), "The second reading differs."
    if table.column(Role.PHONE) is None:
        table = open_table(BytesIO(content), name, roles=roles, chosen={0: Role.PHONE})
    judge(table, roles)


def check_rows(table: Table, rows: Sequence[Row]) -> None:
    """Check that rows fit the columns, come in order, and together are no larger than a file may be inside."""
    assert 0 < len(rows) <= MAX_ROWS
    assert all(row.problem or len(row.values) == len(table.columns) for row in rows)
    assert all(above.number < below.number for above, below in pairwise([*table.above, *rows]))
    assert sum(len(value) for row in rows for value in row.values if isinstance(value, str)) <= 10 * MAX_BYTES


def judge(table: Table, roles: frozenset[Role]) -> None:
    """Judge the rows, and check that no row is lost on the way."""
    kept = list(table.rows())
    if roles == MESSAGE_ROLES:
        staged = [stage_messages(table, BytesIO(), {"sender": "SMSTest", "text": "Text"})]
    else:
        staged = [stage(table, BytesIO()), stage_opt_outs(table, BytesIO())]
    for each in staged:
        assert [record.number for record in each.records()] == [row.number for row in kept]
