"""The archive of a workbook, checked by its table of contents before anything is unpacked."""

import posixpath
from typing import IO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from viber_messaging.spreadsheets.errors import FileProblem, SpreadsheetError
from viber_messaging.spreadsheets.limits import Limits
from viber_messaging.spreadsheets.xlsx.events import translate_damage

MAX_ENTRIES = 2000
MAX_RATIO = 200
"""The ratio of unpacked to packed size; repetitive rows reach 60."""
IS_ENCRYPTED = 0x1
METHODS = frozenset({ZIP_STORED, ZIP_DEFLATED})
"""The only ways in which a workbook may be packed; damage in others raises errors that look like those of a disk."""


class Parts:
    """The parts of an archive by name, as on Windows: regardless of case, and of the kind of slash."""

    def __init__(self, archive: ZipFile) -> None:
        self.archive = archive
        self.by_name = {folded(entry.filename): entry for entry in reversed(archive.infolist())}

    def __contains__(self, name: str) -> bool:
        return folded(name) in self.by_name

    def entry(self, name: str) -> ZipInfo:
        """Return a part's entry in the table of contents; raise KeyError if there is none."""
        return self.by_name[folded(name)]

    def open(self, name: str) -> IO[bytes]:
        """Open a part; raise KeyError if there is none."""
        return self.archive.open(self.entry(name))

    def head(self, name: str) -> bytes:
        """Return the first megabyte of a part; empty if there is none."""
        if name not in self:
            return b""
        with self.open(name) as stream:
            return stream.read(1024 * 1024)


def folded(name: str) -> str:
    """Return the name by which a part is looked up."""
    return posixpath.normpath(posixpath.join("/", name.replace("\\", "/"))).casefold()


def open_archive(file: IO[bytes], limits: Limits) -> Parts:
    """Return the parts of the archive in ``file``; raise SpreadsheetError if it is a zip bomb or has a password.

    False sizes do not help an attacker: never more than the size in the table of contents is unpacked.
    """
    with translate_damage():
        archive = ZipFile(file)
        raise_if_bomb(archive, limits)
        if any(entry.flag_bits & IS_ENCRYPTED for entry in archive.infolist()):
            raise SpreadsheetError(FileProblem.PASSWORD)
        if any(entry.compress_type not in METHODS for entry in archive.infolist()):
            raise SpreadsheetError(FileProblem.DAMAGED)
        return Parts(archive)


def raise_if_bomb(archive: ZipFile, limits: Limits) -> None:
    """Raise SpreadsheetError if unpacking would take more space than a list of people can need."""
    entries = archive.infolist()
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    is_dense = unpacked > limits.max_bytes and unpacked > MAX_RATIO * packed
    if len(entries) > MAX_ENTRIES or unpacked > limits.max_unpacked_bytes or is_dense:
        raise SpreadsheetError(FileProblem.UNPACKED)
