"""Find out which kind of document an archive is, only by the type of its main part."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from viber_messaging.spreadsheets.errors import FileProblem, SpreadsheetError
from viber_messaging.spreadsheets.xlsx import events
from viber_messaging.spreadsheets.xlsx.archive import Parts, folded
from viber_messaging.spreadsheets.xlsx.relations import Relations

CONTENT_TYPES: Final = "[Content_Types].xml"
USUAL_PARTS: Final = ("xl/workbook.xml", "xl/workbook.bin", "word/document.xml", "ppt/presentation.xml")
"""The usual main parts, if no relation names one."""
OTHERS: Final[Mapping[str, Promise]] = {
    "wordprocessingml": _("a Word document"),
    "word/": _("a Word document"),
    "presentationml": _("a presentation"),
    "ppt/": _("a presentation"),
}
"""Kinds of documents, by a word in the main part's type, or by its folder."""


class ContentTypes(events.Handler):
    """The types of parts, by name or by ending."""

    def __init__(self, parts: Parts) -> None:
        self.by_name: dict[str, str] = {}
        self.by_ending: dict[str, str] = {}
        if CONTENT_TYPES in parts and parts.entry(CONTENT_TYPES).file_size:
            with parts.open(CONTENT_TYPES) as stream:
                events.parse(stream, self)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Record a type."""
        kind = attributes.get("ContentType", "").lower()
        if name == "Override":
            self.by_name[folded(attributes.get("PartName", ""))] = kind
        elif name == "Default":
            self.by_ending[attributes.get("Extension", "").lower()] = kind

    def of(self, part: str) -> str:
        """Return the type of a part in lower case; empty if unknown."""
        return self.by_name.get(folded(part)) or self.by_ending.get(folded(part).rpartition(".")[2], "")


def workbook_part(parts: Parts) -> str:
    """Return the name of a workbook's main part; raise SpreadsheetError, naming the kind, for other documents."""
    raise_if_open_document(parts)
    part = main_part(parts)
    if part is None:
        raise SpreadsheetError(FileProblem.OTHER, what=other_archive(parts))
    kind = ContentTypes(parts).of(part)
    if "sheet.binary" in kind or part.lower().endswith(".bin"):
        raise SpreadsheetError(FileProblem.BINARY_EXCEL)
    if "macroenabled" in kind:
        raise SpreadsheetError(FileProblem.MACROS)
    for word, what in OTHERS.items():
        if word in kind or part.lower().startswith(word):
            raise SpreadsheetError(FileProblem.OTHER, what=what)
    return part


def raise_if_open_document(parts: Parts) -> None:
    """Raise SpreadsheetError for LibreOffice's own formats."""
    if "mimetype" in parts:
        is_sheet = b"opendocument.spreadsheet" in parts.head("mimetype")
        raise SpreadsheetError(FileProblem.OPEN_DOCUMENT if is_sheet else FileProblem.FORMAT)


def main_part(parts: Parts) -> str | None:
    """Return the part that the root names as the document, or one with a usual name."""
    named = Relations(parts, "").by_kind.get("officeDocument") if "_rels/.rels" in parts else None
    return next((part for part in (named, *USUAL_PARTS) if part and part in parts), None)


def other_archive(parts: Parts) -> Promise:
    """Return the description of an archive that is not an Office document."""
    is_numbers = any(name.endswith(".iwa") or name == "/index.zip" for name in parts.by_name)
    return _("a Numbers document") if is_numbers else _("an archive")
