"""Phones as people write them, one on each line."""

import re
from contextlib import suppress

from tests.fuzz.readers import PhoneError, normalize
from tests.fuzz.sentences import check_sentence
from tests.fuzz.target import Target

INTERNATIONAL = re.compile(r"\+[1-9][0-9]{6,14}")
REGIONS = ("UA", "US")


def read(content: bytes) -> None:
    for line in text_of(content).split("\n"):
        for value in values_of(line):
            for region in REGIONS:
                check(value, region)


def text_of(content: bytes) -> str:
    """Decode bytes, with halves of characters as they come out of JSON."""
    try:
        return content.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def values_of(line: str) -> list[object]:
    """Return what a cell with this line may hold: the text, and the number if it is one."""
    values: list[object] = [line]
    with suppress(ValueError, OverflowError):
        values.append(float(line))
        values.append(int(float(line)))
    return values


def check(value: object, region: str) -> None:
    """Check that a value is refused with a sentence, or becomes a phone that stays as it is."""
    try:
        phone = normalize(value, region)
    except PhoneError as error:
        check_sentence(error)
        return
    assert INTERNATIONAL.fullmatch(phone)
    assert normalize(phone, region) == phone


PHONES = Target(name="phones", read=read, longest=512)
