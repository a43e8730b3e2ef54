"""Import spreadsheets as recipients, drafts of messages, or opt-outs: judge rows once, show them, then write them.

>>> table = open_table(upload, upload.name)                     # SpreadsheetError: str() is the sentence for the form
>>> staged = stage(table, kept_file)                            # the upload is read once and no longer needed
>>> plan = preview(staged)                                      # writes nothing
>>> plan.counts[Kind.NEW], plan.samples[Kind.UPDATED], plan.refusals[Kind.WRONG]
>>> write_wrong_rows(staged, download)                          # with a column of reasons
>>> write(Staged(kept_file), group="Spring")

and for messages

>>> table = open_table(upload, upload.name, roles=MESSAGE_ROLES)
>>> staged = stage_messages(table, kept_file, {"sender": "Kvitka"})
>>> write_messages(staged, created_by=user)                     # drafts; nothing is sent

and for a list of opt-outs

>>> write_opt_outs(stage_opt_outs(table, kept_file), by=user)

If ``table.column(Role.PHONE)`` is None, a person must choose the column first. ``kept_file`` contains phones: keep it
private and delete it. Writing the same file twice changes nothing, so a second confirmation is harmless.
"""

from viber_messaging.importing.correction import write_wrong_rows, wrong_rows
from viber_messaging.importing.entities import (
    WRITTEN_KINDS,
    Change,
    Draft,
    Kind,
    Person,
    Preview,
    Refusal,
    Sample,
    Written,
)
from viber_messaging.importing.preview import preview
from viber_messaging.importing.stage import Staged, Subject, stage, stage_messages, stage_opt_outs
from viber_messaging.importing.transaction import DatabaseBusy
from viber_messaging.importing.writers.messages import write_messages
from viber_messaging.importing.writers.opt_outs import write_opt_outs
from viber_messaging.importing.writers.recipients import write

__all__ = [
    "WRITTEN_KINDS",
    "Change",
    "DatabaseBusy",
    "Draft",
    "Kind",
    "Person",
    "Preview",
    "Refusal",
    "Sample",
    "Staged",
    "Subject",
    "Written",
    "preview",
    "stage",
    "stage_messages",
    "stage_opt_outs",
    "write",
    "write_messages",
    "write_opt_outs",
    "write_wrong_rows",
    "wrong_rows",
]
