"""Numbers that a workbook shows as something else: dates, times, time spans, or in a custom number format."""

from enum import Enum, auto
from functools import lru_cache
from typing import TypeAlias

from openpyxl.styles.numbers import is_date_format, is_timedelta_format
from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH, from_excel, from_ISO8601

from viber_messaging.spreadsheets.entities import BadCell
from viber_messaging.spreadsheets.errors import RowProblem
from viber_messaging.spreadsheets.values.numbers import NumberFormat, number_format

NO_MOMENT = BadCell(RowProblem.ERROR, "#VALUE!")
"""The value of a number for which there is no such day."""
LONGEST_CODE = 255
"""The most characters that Excel accepts in a number format."""


class Moment(Enum):
    """How a number is shown if it is a date, a time or a time span."""

    MOMENT = auto()
    SPAN = auto()


class Percentage(Enum):
    """How a number is shown if it is a percentage: with all of its digits, however few the format shows."""

    PERCENTAGE = auto()


Shape: TypeAlias = Moment | Percentage | NumberFormat


@lru_cache(maxsize=256)
def shape_of(code: str) -> Shape | None:
    """Return how a number format such as ``dd.mm.yyyy`` or ``0%`` shows a number, None if as a plain number."""
    if len(code) > LONGEST_CODE:
        return None
    if is_timedelta_format(code):
        return Moment.SPAN
    if is_date_format(code):
        return Moment.MOMENT
    return Percentage.PERCENTAGE if code.endswith("%") else number_format(code)


def shown(number: float, shape: Shape | None, *, counts_from_1904: bool = False) -> object:
    """Return what a cell shows for a number: a date, time or span, a text such as 20% or 00012345, or the number."""
    if shape is None:
        return number
    if isinstance(shape, NumberFormat):
        return shape.shown(number)
    if isinstance(shape, Percentage):
        return f"{number * 100:.12g}%"
    epoch = MAC_EPOCH if counts_from_1904 else WINDOWS_EPOCH
    try:
        return from_excel(number, epoch, timedelta=shape == Moment.SPAN)
    except (OverflowError, ValueError):
        return NO_MOMENT


def moment_written(text: str) -> object:
    """Return the date, time or time span that a strict workbook writes as text."""
    try:
        return from_ISO8601(text)  # type: ignore[no-untyped-call]
    except ValueError:
        return NO_MOMENT
