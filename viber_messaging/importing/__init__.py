"""Spreadsheets become recipients: judged once, shown, then written.

>>> table = open_table(upload, upload.name)                     # SpreadsheetError: one sentence for the form
>>> staged = stage(table, kept_file)                            # the upload is read once, and can go
>>> plan = preview(staged)                                      # writes nothing
>>> plan.counts[Kind.NEW], plan.samples[Kind.UPDATED], plan.refusals[Kind.WRONG]
>>> write_wrong_rows(staged, download)                          # with a column of reasons
>>> write(Staged(kept_file), group="Spring", skip_wrong=True, progress=note)

Where ``table.column(Role.PHONE)`` is None a person must choose the column first. ``kept_file`` holds phones: keep it
private, and remove it.
"""

from viber_messaging.importing.entities import Change, Kind, Person, Preview, Refusal, Sample, Written
from viber_messaging.importing.previewing import preview, wrong_rows
from viber_messaging.importing.reporting import write_wrong_rows
from viber_messaging.importing.staging import Staged, stage
from viber_messaging.importing.writing import DatabaseBusy, WrongRows, write

__all__ = [
    "Change",
    "DatabaseBusy",
    "Kind",
    "Person",
    "Preview",
    "Refusal",
    "Sample",
    "Staged",
    "Written",
    "WrongRows",
    "preview",
    "stage",
    "write",
    "write_wrong_rows",
    "wrong_rows",
]
