"""Open an upload by its content, whatever its name."""

import os
from collections.abc import Mapping
from typing import IO

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from viber_messaging.spreadsheets.columns import Wanted
from viber_messaging.spreadsheets.detection import tabulate
from viber_messaging.spreadsheets.entities import Table
from viber_messaging.spreadsheets.errors import FileProblem, SpreadsheetError
from viber_messaging.spreadsheets.headings import RECIPIENT_ROLES, Role
from viber_messaging.spreadsheets.limits import Limits, configured
from viber_messaging.spreadsheets.sources import Source
from viber_messaging.spreadsheets.text.delimited import open_text
from viber_messaging.spreadsheets.xls import open_xls
from viber_messaging.spreadsheets.xlsx import open_workbook

ARCHIVE = b"PK\x03\x04"
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""The container that Office used before 2007, and still uses for workbooks with a password."""
OTHERS: Mapping[bytes, Promise] = {
    b"%PDF": _("a PDF document"),
    b"\x89PNG": _("a picture"),
    b"GIF8": _("a picture"),
    b"\xff\xd8\xff": _("a picture"),
    b"\x1f\x8b": _("an archive"),
    b"Rar!": _("an archive"),
    b"7z\xbc\xaf": _("an archive"),
    b"{\\rtf": _("a text document"),
    b"SQLite": _("a database"),
}
"""The first bytes of other kinds of files that are often misnamed, and what they are."""
LOCKS = ("~$", ".~lock.")
"""The name prefixes of the lock files that Excel and LibreOffice keep beside an open workbook."""
MARKUP = (b"<html", b"<!doc", b"<?xml", b"<table", b"<head", b"<body", b"<meta", b"<!--")
WORKBOOKS = (".xlsx", ".xls", ".xlsm", ".xlsb", ".ods")
TEXTS = (".csv", ".tsv", ".txt")


def open_table(
    file: IO[bytes],
    name: str,
    *,
    roles: frozenset[Role] = RECIPIENT_ROLES,
    chosen: Mapping[int, Role | None] | None = None,
    has_headings: bool | None = None,
    sheet: str | None = None,
    leaves_hidden_out: bool = False,
    limits: Limits | None = None,
) -> Table:
    """Return the table in a seekable binary ``file`` that was uploaded as ``name``; the file must stay open.

    ``roles`` are the roles to look for in the headings. A person's choices override what is recognised: ``chosen`` maps
    the index of a column to its role, ``has_headings`` says whether there are headings, ``sheet`` names the sheet, and
    ``leaves_hidden_out`` skips the rows that the workbook hides.

    Raises SpreadsheetError, with one sentence, if it cannot be read.
    """
    limits = limits or configured()
    raise_unless_size_fits(file, limits)
    sources = sources_of(file, name, limits)
    wanted = Wanted(
        roles=roles,
        chosen=chosen or {},
        has_headings=has_headings,
        sheet=sheet,
        leaves_hidden_out=leaves_hidden_out,
    )
    return tabulate(sources, wanted, limits)


def raise_unless_size_fits(file: IO[bytes], limits: Limits) -> None:
    """Raise SpreadsheetError if the file is empty or too large."""
    size = file.seek(0, os.SEEK_END)
    if size == 0:
        raise SpreadsheetError(FileProblem.EMPTY)
    if size > limits.max_bytes:
        raise SpreadsheetError(FileProblem.LARGE, limit=max(1, limits.max_bytes // 1024**2))


def sources_of(file: IO[bytes], name: str, limits: Limits) -> list[Source]:
    """Return the sheets in ``file``; raise SpreadsheetError if it is not a table."""
    file.seek(0)
    head = file.read(512)
    ending = os.path.splitext(name.lower())[1]  # noqa: PTH122 (a name that a browser sent is no path)
    if head.startswith(ARCHIVE):
        raise_if_misnamed(ending, TEXTS, ".xlsx")
        return open_workbook(file, limits)
    if head.startswith(COMPOUND):
        return open_compound(file)
    if name.replace("\\", "/").rpartition("/")[2].startswith(LOCKS):
        raise SpreadsheetError(FileProblem.LOCK)
    raise_if_other(head)
    raise_if_markup(head)
    source = open_text(file)
    raise_if_misnamed(ending, WORKBOOKS, ".csv")
    return [source]


def raise_if_misnamed(ending: str, wrong: tuple[str, ...], right: str) -> None:
    """Raise SpreadsheetError if the file's ending does not match its content."""
    if ending in wrong:
        raise SpreadsheetError(FileProblem.MISNAMED, **{"called": ending, "is": right})


def raise_if_other(head: bytes) -> None:
    """Raise SpreadsheetError, naming the kind, if it is not a spreadsheet, whatever its ending."""
    for beginning, what in OTHERS.items():
        if head.startswith(beginning):
            raise SpreadsheetError(FileProblem.OTHER, what=what)


def raise_if_markup(head: bytes) -> None:
    """Raise SpreadsheetError for a web page, which many systems produce as their "Excel export"."""
    text = head.replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    if text.startswith(MARKUP):
        raise SpreadsheetError(FileProblem.WEB_PAGE)


def open_compound(file: IO[bytes]) -> list[Source]:
    """Return the sheets of an old workbook; raise SpreadsheetError if it has a password or is another document."""
    file.seek(0)
    content = file.read()
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise SpreadsheetError(FileProblem.PASSWORD)
    if not any(stream.encode("utf-16-le") in content for stream in ("Workbook", "Book")):
        is_letter = "WordDocument".encode("utf-16-le") in content
        what = _("a Word document") if is_letter else _("an old Office document")
        raise SpreadsheetError(FileProblem.OTHER, what=what)
    return open_xls(file)
