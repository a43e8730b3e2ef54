"""Numbers that a workbook shows as something else: dates, times, spans of time, percentages."""

from enum import Enum, auto
from functools import lru_cache

from openpyxl.styles.numbers import is_date_format, is_timedelta_format
from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH, from_excel, from_ISO8601

from viber_messaging.spreadsheets.errors import RowProblem
from viber_messaging.spreadsheets.tables import BadCell

NO_MOMENT = BadCell(RowProblem.ERROR, "#VALUE!")
"""Where there is no such day."""


class Shape(Enum):
    """What a number is shown as."""

    MOMENT = auto()
    SPAN = auto()
    PERCENTAGE = auto()


@lru_cache(maxsize=256)
def shape_of(code: str) -> Shape | None:
    """Return what a number format such as ``dd.mm.yyyy`` or ``0%`` makes of a number, None where it stays one."""
    if is_timedelta_format(code):
        return Shape.SPAN
    if is_date_format(code):
        return Shape.MOMENT
    return Shape.PERCENTAGE if code.endswith("%") else None


def shown(number: float, shape: Shape | None, *, counts_from_1904: bool = False) -> object:
    """Return what a cell shows for a number: a date, a time, a span, a text such as 20%, or the number."""
    if shape is None:
        return number
    if shape == Shape.PERCENTAGE:
        return f"{number * 100:.12g}%"
    epoch = MAC_EPOCH if counts_from_1904 else WINDOWS_EPOCH
    try:
        return from_excel(number, epoch, timedelta=shape == Shape.SPAN)
    except (OverflowError, ValueError):
        return NO_MOMENT


def moment_written(text: str) -> object:
    """Return the date, the time or the span that a strict workbook writes as a text."""
    try:
        return from_ISO8601(text)  # type: ignore[no-untyped-call]
    except ValueError:
        return NO_MOMENT
