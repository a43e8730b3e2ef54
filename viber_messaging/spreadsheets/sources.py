"""The common form of every file format: named sheets of numbered rows, as a stream."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from viber_messaging.spreadsheets.errors import RowProblem

NumberedRow: TypeAlias = tuple[int, Sequence[object]]
"""A row's number as Excel shows it, from 1, and its cells; blank rows may be left out."""


class WrongCells(list[object]):
    """The cells of a row that could not be read properly, and the problem."""

    def __init__(self, cells: Iterable[object], problem: RowProblem) -> None:
        super().__init__(cells)
        self.problem = problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One sheet of a workbook, or a whole text file.

    ``is_ragged`` is true if a row's cells may be shifted out of their columns, as in text files. ``hidden`` are the
    numbers of the rows that the workbook hides; they are known once the rows are read.
    """

    read: Callable[[], Iterator[NumberedRow]]
    sheet: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    is_ragged: bool = False
    hidden: set[int] = field(default_factory=set, repr=False)
