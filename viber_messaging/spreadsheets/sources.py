"""What every format of file gives: named sheets of numbered rows, as a stream."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

NumberedRow: TypeAlias = tuple[int, Sequence[object]]
"""The number that Excel shows beside a row, from 1, and its cells; blank rows may be left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One sheet of a workbook, or a whole text file.

    ``is_ragged`` tells that a row's cells may have slipped out of their columns, as in text files.
    """

    read: Callable[[], Iterator[NumberedRow]]
    sheet: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    is_ragged: bool = False
