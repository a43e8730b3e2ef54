"""Split and validate numbers in any spelling."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from viber_messaging.conf import conf
from viber_messaging.text import phones

LONGEST_VALUE = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongNumber:
    """An entry that is not a phone that Viber could reach, and why."""

    place: str
    """The entry's position, from 1."""
    value: str
    reason: str


@dataclass(slots=True)
class Pasted:
    """A parsed text."""

    phones: list[str] = field(default_factory=list)
    """The phones as E.164, without duplicates, in the given order."""
    repeated: int = 0
    wrong: list[WrongNumber] = field(default_factory=list)


def entries(text: str) -> list[str]:
    """Return the entries between line breaks, tabs, commas and semicolons."""
    return [entry for part in re.split(r"[\n\r\v\f\t\u2028\u2029,;]+", text) if (entry := part.strip())]


def judge(numbers: Iterable[str]) -> Pasted:
    """Separate phones from invalid entries, and find duplicates."""
    pasted, seen = Pasted(), set[str]()
    for place, entry in enumerate(numbers, start=1):
        try:
            phone = phones.normalize(entry, conf.DEFAULT_REGION)
        except phones.PhoneError as error:
            value = entry if len(entry) <= LONGEST_VALUE else f"{entry[:LONGEST_VALUE]}…"
            pasted.wrong.append(WrongNumber(place=str(place), value=value, reason=str(error)))
            continue
        if phone in seen:
            pasted.repeated += 1
        else:
            seen.add(phone)
            pasted.phones.append(phone)
    return pasted
