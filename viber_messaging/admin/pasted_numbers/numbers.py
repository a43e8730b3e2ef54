"""Numbers in any spelling, taken apart and judged."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from viber_messaging.conf import conf
from viber_messaging.text import phones

LONGEST_VALUE = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongNumber:
    """What is no phone that Viber could reach, and why."""

    place: str
    """Among those given, from 1."""
    value: str
    reason: str


@dataclass(slots=True)
class Pasted:
    """A text taken apart."""

    phones: list[str] = field(default_factory=list)
    """E.164, each once, in the order given."""
    repeated: int = 0
    wrong: list[WrongNumber] = field(default_factory=list)


def entries(text: str) -> list[str]:
    """Return what stands between line breaks, tabs, commas and semicolons."""
    return [entry for part in re.split(r"[\n\r\v\f\t\u2028\u2029,;]+", text) if (entry := part.strip())]


def judge(numbers: Iterable[str]) -> Pasted:
    """Tell phones from what is none, and find those given more than once."""
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
