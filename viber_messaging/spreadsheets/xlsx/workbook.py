"""The table of contents of a workbook: its visible sheets, and the tables that their cells refer to."""

from collections.abc import Iterator
from functools import partial
from typing import IO

from viber_messaging.spreadsheets.errors import FileProblem, SpreadsheetError
from viber_messaging.spreadsheets.limits import Limits
from viber_messaging.spreadsheets.sources import NumberedRow, Source
from viber_messaging.spreadsheets.xlsx import events
from viber_messaging.spreadsheets.xlsx.archive import Parts, open_archive
from viber_messaging.spreadsheets.xlsx.cells import Lookups
from viber_messaging.spreadsheets.xlsx.kinds import workbook_part
from viber_messaging.spreadsheets.xlsx.relations import Relations
from viber_messaging.spreadsheets.xlsx.sheets import SheetHandler
from viber_messaging.spreadsheets.xlsx.strings import read_strings
from viber_messaging.spreadsheets.xlsx.styles import read_styles

NO_TABLES = frozenset({"chartsheet", "dialogsheet", "xlMacrosheet", "xlIntlMacrosheet"})
"""Kinds of sheets without table cells."""


class Contents(events.Handler):
    """The visible sheets of a workbook by title, with their IDs, and the day from which dates are counted."""

    def __init__(self, parts: Parts, part: str) -> None:
        self.sheets: list[tuple[str, str]] = []
        self.counts_from_1904 = False
        with parts.open(part) as stream:
            events.parse(stream, self)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Record a sheet, or how dates are counted."""
        if name == "sheet" and attributes.get("state", "visible") == "visible":
            keys = (value for attribute, value in attributes.items() if attribute.rpartition(":")[2] == "id")
            self.sheets.append((attributes.get("name", ""), next(keys, "")))
        elif name == "workbookPr":
            self.counts_from_1904 = attributes.get("date1904", "0") in ("1", "true")


def open_workbook(file: IO[bytes], limits: Limits) -> list[Source]:
    """Return the visible sheets of the workbook in ``file``; raise SpreadsheetError if it is invalid or harmful."""
    parts = open_archive(file, limits)
    with events.translate_damage():
        part = workbook_part(parts)
        relations, contents = Relations(parts, part), Contents(parts, part)
        lookups = Lookups(
            strings=read_strings(parts, relations.by_kind.get("sharedStrings")),
            styles=read_styles(parts, relations.by_kind.get("styles")),
            counts_from_1904=contents.counts_from_1904,
        )
        return [source_of(parts, part, title, lookups) for title, part in sheet_parts(parts, relations, contents)]


def sheet_parts(parts: Parts, relations: Relations, contents: Contents) -> list[tuple[str, str]]:
    """Return the parts of readable sheets, with titles; raise SpreadsheetError if all are missing."""
    named = [(title, relations.by_id.get(key)) for title, key in contents.sheets]
    tables = [(title, relation) for title, relation in named if relation is None or relation.kind not in NO_TABLES]
    found = [(title, relation.part) for title, relation in tables if relation and relation.part in parts]
    if tables and not found:
        raise SpreadsheetError(FileProblem.DAMAGED)
    return found


def source_of(parts: Parts, part: str, title: str, lookups: Lookups) -> Source:
    """Return one sheet."""
    hidden: set[int] = set()
    return Source(sheet=title, read=partial(read_sheet, parts, part, lookups, hidden), hidden=hidden)


def read_sheet(parts: Parts, part: str, lookups: Lookups, hidden: set[int]) -> Iterator[NumberedRow]:
    """Yield the rows of a sheet as they are unpacked, recording hidden ones; raise SpreadsheetError if damaged."""
    handler = SheetHandler(lookups, hidden)
    with events.translate_damage(), parts.open(part) as stream:
        for _piece in events.pieces(stream, handler):
            yield from handler.take()
            if handler.is_done:
                return
