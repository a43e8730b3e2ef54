"""A cell's value as the text that is stored: nothing lost but what no message could carry."""

import re
from datetime import date, datetime, time, timedelta
from typing import Final

UNSENDABLE: Final = re.compile("[\x00-\x1f\x7f\ud800-\udfff\ufffe\uffff]|_x00[01][0-9A-Fa-f]_")
"""What XML cannot carry, in whole or as a workbook's writing of it that was left over, and line breaks."""
SPACES: Final = re.compile("[ \xa0\t\r\n]+")


def cleaned(text: str) -> str:
    """Return ``text`` on one line, without control characters and lone surrogates, and with single spaces."""
    if text.isalnum():
        return text
    return SPACES.sub(" ", UNSENDABLE.sub(" ", text)).strip()


def text_of(value: object) -> str:
    """Return a cell's value as a person would write it; nothing for a blank cell."""
    if isinstance(value, str):
        return cleaned(value)
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, date | time | timedelta):
        return text_of_moment(value)
    return cleaned(str(value))


def text_of_moment(value: date | time | timedelta) -> str:
    """Return a date as it is written in Ukraine, with the time where there is one."""
    if isinstance(value, datetime):
        has_time = value.time() != time()
        return value.strftime("%d.%m.%Y %H:%M" if has_time else "%d.%m.%Y")
    if isinstance(value, date):
        return value.strftime("%d.%m.%Y")
    return value.strftime("%H:%M") if isinstance(value, time) else str(value)
