"""The archive that a workbook is, judged by its table of contents before anything is unpacked."""

from typing import IO
from zipfile import ZipFile

from viber_messaging.spreadsheets.errors import FileProblem, SpreadsheetError
from viber_messaging.spreadsheets.limits import Limits
from viber_messaging.spreadsheets.xlsx.events import damage_told

MAX_ENTRIES = 2000
MAX_RATIO = 200
"""Unpacked to packed; rows that repeat themselves reach 60."""
IS_ENCRYPTED = 0x1
CONTENT_TYPES = "[Content_Types].xml"


def open_archive(file: IO[bytes], limits: Limits) -> ZipFile:
    """Return the archive in ``file``; raise SpreadsheetError for a bomb, and for what is no XLSX workbook.

    Sizes that lie are no way around: no more than the size in the table of contents is ever unpacked.
    """
    with damage_told():
        archive = ZipFile(file)
        raise_if_bomb(archive, limits)
        raise_unless_workbook(archive)
        return archive


def raise_if_bomb(archive: ZipFile, limits: Limits) -> None:
    """Raise SpreadsheetError when unpacking would take more than a list of people can need."""
    entries = archive.infolist()
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    is_dense = unpacked > limits.max_bytes and unpacked > MAX_RATIO * packed
    if len(entries) > MAX_ENTRIES or unpacked > limits.max_unpacked_bytes or is_dense:
        raise SpreadsheetError(FileProblem.UNPACKED)


def raise_unless_workbook(archive: ZipFile) -> None:
    """Raise SpreadsheetError, by its name, for each of the other things that are archives inside."""
    names = set(archive.namelist())
    if any(entry.flag_bits & IS_ENCRYPTED for entry in archive.infolist()):
        raise SpreadsheetError(FileProblem.PASSWORD)
    if "mimetype" in names:
        is_sheet = b"opendocument.spreadsheet" in head(archive, "mimetype")
        raise SpreadsheetError(FileProblem.OPEN_DOCUMENT if is_sheet else FileProblem.FORMAT)
    if CONTENT_TYPES not in names or not any(name.startswith("xl/") for name in names):
        raise SpreadsheetError(FileProblem.FORMAT)
    declared = head(archive, CONTENT_TYPES).lower()
    if b"sheet.binary" in declared:
        raise SpreadsheetError(FileProblem.BINARY_EXCEL)
    if b"macroenabled" in declared:
        raise SpreadsheetError(FileProblem.MACROS)


def head(archive: ZipFile, name: str) -> bytes:
    """Return the first megabyte of a part."""
    with archive.open(name) as stream:
        return stream.read(1024 * 1024)
