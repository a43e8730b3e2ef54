"""An upload taken in: read once, judged where its columns are known, and kept until a person has seen it."""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import IO, Any

from viber_messaging.importing.keeping import keep, opened, save_judged
from viber_messaging.importing.staging import Subject, stage, stage_messages, stage_opt_outs
from viber_messaging.models import StagedImport, StagedPart
from viber_messaging.spreadsheets import MESSAGE_ROLES, RECIPIENT_ROLES, Role, Table, open_table

ROLES: Mapping[Subject, frozenset[Role]] = {
    Subject.RECIPIENTS: RECIPIENT_ROLES,
    Subject.MESSAGES: MESSAGE_ROLES,
    Subject.OPT_OUTS: RECIPIENT_ROLES,
}
DEFAULTS = ("sender",)
"""Of the options, what fills blank cells of messages."""


def receive(upload: IO[bytes], name: str, *, owner: str, subject: Subject, options: Mapping[str, str]) -> StagedImport:
    """Keep an upload as ``owner``'s; judge its rows too where the headings tell which column holds the phones.

    Raises SpreadsheetError, keeping nothing, when it cannot be read.
    """
    table = open_table(upload, name, roles=ROLES[subject])
    facts = facts_of(table)
    with tempfile.TemporaryFile() as rows:
        is_clear = table.column(Role.PHONE) is not None
        if is_clear:
            judge(table, rows, subject, options)
        staged_import = keep(
            upload, owner=owner, subject=subject, file_name=name[:255], options=dict(options), facts=facts
        )
        if is_clear:
            save_judged(staged_import, rows, facts)
    return staged_import


def judge(table: Table, rows: IO[bytes], subject: Subject, options: Mapping[str, str]) -> None:
    """Write the judged rows of ``table`` to ``rows``. Raises SpreadsheetError where the file ends badly."""
    if subject == Subject.RECIPIENTS:
        stage(table, rows)
    elif subject == Subject.OPT_OUTS:
        stage_opt_outs(table, rows)
    else:
        stage_messages(table, rows, {name: options[name] for name in DEFAULTS if options.get(name)})


@contextmanager
def reopened(staged_import: StagedImport, **options: Any) -> Iterator[Table]:
    """Open the table of a kept upload again, as ``open_table`` does."""
    with opened(staged_import, StagedPart.UPLOAD) as upload:
        subject = Subject(staged_import.subject)
        yield open_table(upload, staged_import.file_name, roles=ROLES[subject], **options)


def judge_again(staged_import: StagedImport, chosen: Mapping[int, Role | None], *, has_headings: bool) -> None:
    """Judge a kept upload by the columns that a person chose. Raises SpreadsheetError."""
    with reopened(staged_import, chosen=chosen, has_headings=has_headings) as table, tempfile.TemporaryFile() as rows:
        judge(table, rows, Subject(staged_import.subject), staged_import.options)
        save_judged(staged_import, rows, facts_of(table))


def facts_of(table: Table) -> dict[str, Any]:
    """Return what a person should know of how a file was read."""
    return {"sheet": table.sheet, "encoding": table.encoding, "delimiter": table.delimiter}
