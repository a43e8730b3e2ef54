"""The table of contents of a workbook: its visible sheets, and what their cells refer to."""

import posixpath
from collections.abc import Iterator
from functools import partial
from typing import IO
from zipfile import ZipFile

from viber_messaging.spreadsheets.limits import Limits
from viber_messaging.spreadsheets.sources import NumberedRow, Source
from viber_messaging.spreadsheets.xlsx import events
from viber_messaging.spreadsheets.xlsx.archive import open_archive
from viber_messaging.spreadsheets.xlsx.cells import Lookups
from viber_messaging.spreadsheets.xlsx.sheets import SheetHandler
from viber_messaging.spreadsheets.xlsx.strings import read_strings
from viber_messaging.spreadsheets.xlsx.styles import read_styles


class Relations(events.Handler):
    """The parts that a part refers to, by key and by kind."""

    def __init__(self, archive: ZipFile, part: str) -> None:
        self.folder, name = posixpath.split(part)
        self.by_id: dict[str, str] = {}
        self.by_kind: dict[str, str] = {}
        with archive.open(posixpath.join(self.folder, "_rels", f"{name}.rels")) as stream:
            events.parse(stream, self)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Note one relation; a path is written from the part's folder on, or from the root with a slash."""
        if name == "Relationship":
            path = posixpath.normpath(posixpath.join("/", self.folder, attributes["Target"])).lstrip("/")
            self.by_id[attributes["Id"]] = path
            self.by_kind.setdefault(attributes["Type"].rpartition("/")[2], path)


class Contents(events.Handler):
    """The visible sheets of a workbook by title, with their keys, and which day its dates are counted from."""

    def __init__(self, archive: ZipFile, part: str) -> None:
        self.sheets: list[tuple[str, str]] = []
        self.counts_from_1904 = False
        with archive.open(part) as stream:
            events.parse(stream, self)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Note a sheet, or how dates are counted."""
        if name == "sheet" and attributes.get("state", "visible") == "visible":
            key = next(value for attribute, value in attributes.items() if attribute.endswith(":id"))
            self.sheets.append((attributes["name"], key))
        elif name == "workbookPr":
            self.counts_from_1904 = attributes.get("date1904", "0") in ("1", "true")


def open_workbook(file: IO[bytes], limits: Limits) -> list[Source]:
    """Return the visible sheets of the workbook in ``file``; raise SpreadsheetError if it is none, or harmful."""
    archive = open_archive(file, limits)
    with events.damage_told():
        part = Relations(archive, "").by_kind["officeDocument"]
        relations, contents = Relations(archive, part), Contents(archive, part)
        lookups = Lookups(
            strings=read_strings(archive, relations.by_kind.get("sharedStrings")),
            styles=read_styles(archive, relations.by_kind.get("styles")),
            counts_from_1904=contents.counts_from_1904,
        )
        return [
            Source(sheet=title, read=partial(read_sheet, archive, relations.by_id[key], lookups))
            for title, key in contents.sheets
            if relations.by_id[key] in archive.namelist() and "chartsheets" not in relations.by_id[key]
        ]


def read_sheet(archive: ZipFile, part: str, lookups: Lookups) -> Iterator[NumberedRow]:
    """Yield the rows of a sheet as they are unpacked; raise SpreadsheetError where it is damaged."""
    handler = SheetHandler(lookups)
    with events.damage_told(), archive.open(part) as stream:
        for _piece in events.pieces(stream, handler):
            yield from handler.take()
            if handler.is_done:
                return
