"""Collect the text of one cell or shared text from its pieces."""

import re

from viber_messaging.spreadsheets.errors import FileProblem, SpreadsheetError
from viber_messaging.spreadsheets.limits import MAX_CELL_LENGTH
from viber_messaging.spreadsheets.xlsx import events

ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
"""A workbook's escape for a character that XML cannot carry."""


class TextHandler(events.Handler):
    """Collects the content of ``t`` and ``v`` elements, without phonetic guides for Japanese."""

    def __init__(self) -> None:
        self.begin_text()

    def begin_text(self) -> None:
        """Start a new text."""
        self.pieces: list[str] = []
        self.length = 0
        self.is_open = self.is_aside = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Begin a piece."""
        if name == "t" or name == "v":
            self.is_open = not self.is_aside
        elif name == "rPh":
            self.is_aside = True

    def end(self, name: str) -> None:
        """End a piece."""
        self.is_open = False
        if name == "rPh":
            self.is_aside = False

    def text(self, data: str) -> None:
        """Store a piece; raise SpreadsheetError if a text grows without end."""
        if self.is_open:
            self.pieces.append(data)
            self.length += len(data)
            if self.length > MAX_CELL_LENGTH:
                raise SpreadsheetError(FileProblem.DAMAGED)


def unescaped(text: str) -> str:
    """Return ``text`` with escapes such as ``_x000D_`` replaced by their characters."""
    return ESCAPE.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text
