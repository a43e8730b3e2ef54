"""Receive an upload: read it once, judge its rows if the columns are known, and keep it until a person confirms it."""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import IO, Any

from viber_messaging.delivery.storage import tables
from viber_messaging.importing.stage import Subject, stage, stage_messages, stage_opt_outs
from viber_messaging.importing.uploads import keep, opened, save_judged
from viber_messaging.models import StagedImport, StagedPart
from viber_messaging.spreadsheets import MESSAGE_ROLES, RECIPIENT_ROLES, Role, Table, open_table

ROLES: Mapping[Subject, frozenset[Role]] = {
    Subject.RECIPIENTS: RECIPIENT_ROLES,
    Subject.MESSAGES: MESSAGE_ROLES,
    Subject.OPT_OUTS: RECIPIENT_ROLES,
}
DEFAULTS = ("sender",)
"""The options that fill blank cells of messages."""


MOST_SHEETS = 100
"""The most sheets offered for choice."""
HOW = "how"
"""The entry in ``facts`` for a person's choices of how to read the file."""


def receive(upload: IO[bytes], name: str, *, owner: str, subject: Subject, options: Mapping[str, str]) -> StagedImport:
    """Keep an upload for ``owner``; judge its rows if the headings show which column has the phones.

    Raises SpreadsheetError, and keeps nothing, if it cannot be read.
    """
    table = open_table(upload, name, roles=ROLES[subject])
    with tempfile.TemporaryFile() as rows:
        is_clear = table.column(Role.PHONE) is not None
        if is_clear:
            judge(table, rows, subject, options)
        facts = facts_of(table, {})
        staged_import = keep(
            upload, owner=owner, subject=subject, file_name=name[:255], options=dict(options), facts=facts
        )
        if is_clear:
            save_judged(staged_import, rows, facts)
    return staged_import


def judge(table: Table, rows: IO[bytes], subject: Subject, options: Mapping[str, str]) -> None:
    """Write the judged rows of ``table`` to ``rows``. Raises SpreadsheetError if the file is damaged further on."""
    if subject == Subject.RECIPIENTS:
        stage(table, rows)
    elif subject == Subject.OPT_OUTS:
        stage_opt_outs(table, rows)
    else:
        defaults = {name: options[name] for name in DEFAULTS if options.get(name)}
        # As the form offers them.
        senders = list(tables.senders().active().values_list("name", flat=True))
        stage_messages(table, rows, defaults, senders=senders)


@contextmanager
def reopened(staged_import: StagedImport, how: Mapping[str, Any] | None = None) -> Iterator[Table]:
    """Open the table of a kept upload again, with the person's last choices of how to read it, or with ``how``."""
    with opened(staged_import, StagedPart.UPLOAD) as upload:
        subject = Subject(staged_import.subject)
        said = how_of(staged_import) if how is None else how
        yield open_table(upload, staged_import.file_name, roles=ROLES[subject], **options_of(said))


def how_of(staged_import: StagedImport) -> dict[str, Any]:
    """Return a person's choices of how to read an upload, as JSON values."""
    return dict(staged_import.facts.get(HOW, {}))


def options_of(how: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options of ``open_table`` for a person's choices."""
    chosen = {int(index): Role(role) if role else None for index, role in how.get("chosen", {}).items()}
    return {**how, "chosen": chosen}


def judge_again(staged_import: StagedImport, **how: Any) -> None:
    """Judge a kept upload again with a person's new choices, which replace earlier ones.

    ``how`` are the options of ``open_table``. Raises SpreadsheetError.
    """
    said = {**how_of(staged_import), **how}
    with reopened(staged_import, said) as table, tempfile.TemporaryFile() as rows:
        judge(table, rows, Subject(staged_import.subject), staged_import.options)
        save_judged(staged_import, rows, facts_of(table, said))


def facts_of(table: Table, how: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a person should know about how a file was read; hidden rows are known after reading the rows."""
    return {
        "sheet": table.sheet,
        "sheets": table.sheets[:MOST_SHEETS],
        "encoding": table.encoding,
        "delimiter": table.delimiter,
        "heading_row": table.heading_row,
        "hidden_rows": len(table.hidden_rows),
        "has_times": table.column(Role.SCHEDULED_AT) is not None,
        HOW: dict(how),
    }
