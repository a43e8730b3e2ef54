"""The worker and a database that fails: it stops before it sends, says why, and comes back by itself."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, InterfaceError, ProgrammingError, connection

from tests.commands.test_viber_worker import CREATE, Site, rows, wait_for
from tests.delivery.faults import full_disk, read_only
from tests.moments import Moments
from tests.processes import HANG_SECONDS
from viber_messaging.gateway.client import Client
from viber_messaging.management.commands.viber_worker import Command
from viber_messaging.models import Message
from viber_messaging.sandbox import Sandbox
from viber_messaging.states import MessageState

MakeMessage = Callable[..., Message]


def assert_nothing_was_sent(gateway: Sandbox) -> None:
    assert gateway.request_count == 0
    assert set(Message.objects.values_list("state", "attempt_count")) == {(MessageState.QUEUED, 0)}


def test_a_database_that_cannot_be_written_stops_the_worker_before_it_sends(
    gateway: Sandbox, make_message: MakeMessage
):
    make_message()
    with read_only(), pytest.raises(CommandError, match=r"The database failed: .*(?i:read.?only)"):
        call_command("viber_worker", once=True)
    assert_nothing_was_sent(gateway)


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="only SQLite has a disk that a test may fill")
def test_a_full_disk_stops_the_worker_before_it_sends(gateway: Sandbox, make_message: MakeMessage):
    for _ in range(100):
        make_message()
    with full_disk(), pytest.raises(CommandError, match="The database failed: database or disk is full"):
        call_command("viber_worker", once=True)
    assert_nothing_was_sent(gateway)


@pytest.mark.processes
def test_a_worker_outlives_a_database_that_fails_for_a_while(tmp_path: Path, sandbox: Sandbox):
    file = tmp_path / "site.sqlite3"
    site = Site(file, sandbox)
    site.run("migrate", "--verbosity", "0")
    site.python(CREATE.format(count=1, phone="+380971234567"))
    _execute(
        file,
        "CREATE TRIGGER fault BEFORE UPDATE ON viber_messaging_message "
        "BEGIN SELECT RAISE(ABORT, 'the disk is on fire'); END",
    )
    process = site.start("viber_worker", "--interval", "0.2")
    assert process.stdout is not None
    assert any(line == "The database failed, trying again: the disk is on fire\n" for line in process.stdout)
    _execute(file, "DROP TRIGGER fault")
    wait_for(lambda: len(sandbox.accepted) == 1)
    process.terminate()
    output, _ = process.communicate(timeout=HANG_SECONDS)
    assert process.returncode == 0, output
    assert [row[1] for row in rows(site)] == ["accepted"]


def _execute(file: Path, statement: str) -> None:
    database = sqlite3.connect(file, timeout=HANG_SECONDS)
    database.execute(statement)
    database.close()


@pytest.fixture
def failing(moments: Moments) -> Callable[[Exception], None]:
    """Let a round end with this exception."""

    def fail(error: Exception) -> None:
        def run_due(**options: Any) -> None:
            raise error

        moments.replace("a run", run_due)

    return fail


@pytest.mark.parametrize("error", [InterfaceError("closed"), DatabaseError("odd"), ProgrammingError("not allowed")])
def test_every_kind_of_failure_is_told_in_one_sentence(failing: Callable[..., None], error: Exception, db: None):
    failing(error)
    with pytest.raises(CommandError, match=f"The database failed: {error}"):
        call_command("viber_worker", once=True)


def test_a_failure_is_told_without_the_row_that_it_concerns(failing: Callable[..., None], db: None):
    failing(IntegrityError('violates "viber_message_has_text"\nDETAIL:  Failing row contains (+380971234567).'))
    with pytest.raises(CommandError) as told:
        call_command("viber_worker", once=True)
    assert "380971234567" not in str(told.value)


def test_a_loop_asks_a_failing_database_ever_more_seldom_up_to_a_minute():
    command = Command()
    pauses = []
    for failures in range(10):
        command._failures = failures
        pauses.append(command._pause_seconds(5.0))
    assert pauses[0] == 5
    assert 5 <= pauses[1] < 8 < pauses[3] < pauses[5] <= 72
    assert max(pauses) <= 72


COLUMN = "next_attempt_at"
"""It has no CHECK of its own: MariaDB 10.11 at times looks for the old name there after renaming, and fails."""


def test_a_column_that_a_migration_would_add_is_told_with_what_to_do(transactional_db: None):
    _rename_column(COLUMN, "elsewhere")
    try:
        with pytest.raises(CommandError, match="run manage\\.py migrate"):
            call_command("viber_worker", once=True)
    finally:
        _rename_column("elsewhere", COLUMN)


def _rename_column(name: str, new_name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {Message._meta.db_table} RENAME COLUMN {name} TO {new_name}")


def test_the_memory_of_a_worker_stays_flat_with_debug_on(
    gateway: Sandbox, make_message: MakeMessage, configure: Callable[..., None], settings: Any,
    moments: Moments,
):  # fmt: skip
    configure(PACKAGE_SIZE=1)
    for _ in range(20):
        make_message()
    kept: list[int] = []
    send = moments.original("the request to send")

    def watched(self: Client, messages: Any) -> Any:
        kept.append(len(connection.queries_log))
        return send(self, messages)

    moments.replace("the request to send", watched)
    settings.DEBUG = True
    call_command("viber_worker", once=True)
    assert len(kept) == 20
    assert 0 < max(kept) < 30
