"""The texts that the cells of a workbook share."""

from viber_messaging.spreadsheets.errors import FileProblem, SpreadsheetError
from viber_messaging.spreadsheets.xlsx import events
from viber_messaging.spreadsheets.xlsx.archive import Parts
from viber_messaging.spreadsheets.xlsx.texts import TextHandler, unescaped

MAX_STRINGS = 1_500_000
MAX_BYTES = 64 * 1024 * 1024
"""The limit for the XML; all shared texts are kept in memory while the workbook is read."""


class StringHandler(TextHandler):
    """Keeps each text without its formatting."""

    def __init__(self) -> None:
        super().__init__()
        self.strings: list[str] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Begin a text, or a piece of one."""
        if name == "si":
            self.begin_text()
        else:
            super().start(name, attributes)

    def end(self, name: str) -> None:
        """Store a complete text."""
        super().end(name)
        if name == "si":
            self.strings.append(unescaped("".join(self.pieces)))
            if len(self.strings) > MAX_STRINGS:
                raise SpreadsheetError(FileProblem.UNPACKED)


def read_strings(parts: Parts, part: str | None) -> list[str]:
    """Return the shared texts in order; raise SpreadsheetError if they are too many, or missing."""
    if part is None:
        part = next((name for name in parts.by_name if name.endswith("/sharedstrings.xml")), None)
        if part is None:
            return []
    if part not in parts:
        raise SpreadsheetError(FileProblem.DAMAGED)
    if parts.entry(part).file_size > MAX_BYTES:
        raise SpreadsheetError(FileProblem.UNPACKED)
    handler = StringHandler()
    with parts.open(part) as stream:
        events.parse(stream, handler)
    return handler.strings
