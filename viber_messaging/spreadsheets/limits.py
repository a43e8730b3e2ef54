"""How much of a file is read before it is refused; all else follows from the two settings."""

from dataclasses import dataclass

from viber_messaging.conf import conf

MAX_COLUMNS = 1000
"""Cells further to the right are not looked at."""
MAX_BLANK_ROWS = 1000
"""So many blank rows in a row end the table."""
HEADING_SEARCH_ROWS = 20
"""The headings are looked for in so many rows from the top; there may be a title above them."""
MAX_CELL_LENGTH = 100_000
"""Characters; Excel itself keeps 32,767."""

MAX_ROW_LENGTH = 1_000_000
"""Characters of a text table's row; a file with a longer one is no table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The bounds of one file."""

    max_rows: int
    max_bytes: int

    @property
    def max_unpacked_bytes(self) -> int:
        """Of a workbook's parts together: the XML of a list is about ten times its file."""
        return 10 * self.max_bytes


def configured() -> Limits:
    """Return the bounds that the settings set."""
    return Limits(max_rows=conf.IMPORT_MAX_ROWS, max_bytes=conf.IMPORT_MAX_BYTES)
