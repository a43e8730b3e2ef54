"""Convert a cell's value to the text that is stored; only characters that no message can carry are lost."""

import re
from datetime import date, datetime, time, timedelta
from typing import Final

UNSENDABLE: Final = re.compile(
    "(?:[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]|_x00(?:0[0-8BCEFbcef]|1[0-9A-Fa-f])_)+"
)
"""Characters that XML cannot carry, as they are or in a workbook's escaped form."""
LINE_BREAK: Final = re.compile("(?:\r|_x000[Dd]_)\n?|_x000[Aa]_")


def cleaned(text: str) -> str:
    """Return ``text`` stripped, with a space for characters that no message can carry."""
    if text.isalnum():
        return text
    return LINE_BREAK.sub("\n", UNSENDABLE.sub(" ", text)).strip()


def on_one_line(text: str) -> str:
    """Return ``text`` with a space for each line break or tab."""
    return " ".join(part for part in re.split("[\t\n]+", text) if part)


def text_of(value: object) -> str:
    """Return a cell's value as Excel shows it; an empty string for a blank cell."""
    if isinstance(value, str):
        return cleaned(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return f"{value:.15g}"
    if isinstance(value, date | time | timedelta):
        return text_of_moment(value)
    return cleaned(str(value))


def text_of_moment(value: date | time | timedelta) -> str:
    """Return a date as written in Ukraine, with the time if there is one; a time span as hours and minutes."""
    if isinstance(value, datetime):
        has_time = value.time() != time()
        return value.strftime("%d.%m.%Y %H:%M" if has_time else "%d.%m.%Y")
    if isinstance(value, date):
        return value.strftime("%d.%m.%Y")
    return value.strftime("%H:%M") if isinstance(value, time) else text_of_span(value)


def text_of_span(span: timedelta) -> str:
    """Return a time span as hours and minutes, such as ``30:05``."""
    minutes = round(abs(span).total_seconds() / 60)
    return f"{'-' if span < timedelta() else ''}{minutes // 60}:{minutes % 60:02}"
