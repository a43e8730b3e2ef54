"""How much of a file is read before it is refused; other limits are derived from the two settings."""

from dataclasses import dataclass

from viber_messaging.conf import conf

MAX_COLUMNS = 1000
"""Cells further to the right are ignored."""
MAX_BLANK_ROWS = 1000
"""This many consecutive blank rows end the table."""
HEADING_SEARCH_ROWS = 20
"""The number of rows from the top that are searched for headings; there may be a title above them."""
MAX_CELL_LENGTH = 100_000
"""In characters; Excel itself keeps 32,767."""

MAX_ROW_LENGTH = 1_000_000
"""The most characters in a row of a text table; a file with a longer row is not a table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The limits for one file."""

    max_rows: int
    max_bytes: int

    @property
    def max_unpacked_bytes(self) -> int:
        """The limit for a workbook's unpacked parts together: a list's XML is about ten times as large as its file."""
        return 10 * self.max_bytes


def configured() -> Limits:
    """Return the limits from the settings."""
    return Limits(max_rows=conf.IMPORT_MAX_ROWS, max_bytes=conf.IMPORT_MAX_BYTES)
