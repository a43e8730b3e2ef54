"""The parts of an SMS: what an operator charges for.

Source: 3GPP TS 23.038, the default alphabet and its extension; the gateway's documents name 70 and 160 characters. A
text with any other character is sent in UCS-2, in which an emoji takes two places.
"""

from dataclasses import dataclass

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION = frozenset("^{}\\[~]|€\f")
"""The characters that take two places, because an escape precedes each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoding:
    """How many places one SMS has: when it is sent alone, and in each part of a longer one."""

    name: str
    alone: int
    each: int


LATIN = Encoding(name="latin", alone=160, each=153)
UNICODE = Encoding(name="unicode", alone=70, each=67)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """What an SMS with a given text takes."""

    encoding: Encoding
    places: int
    parts: int


def plain(text: str) -> str:
    """Return the text with one character for each line break, as XML carries it."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def measure(text: str) -> Measure:
    """Return the encoding, the places and the parts of an SMS; an empty text has no part."""
    text = plain(text)
    encoding = LATIN if all(character in _BASIC or character in _EXTENSION for character in text) else UNICODE
    sizes = [_size(character, encoding) for character in text]
    return Measure(encoding=encoding, places=sum(sizes), parts=_parts(sizes, encoding))


def count_parts(text: str) -> int:
    """Return how many parts the gateway charges for an SMS with this text."""
    return measure(text).parts


def _size(character: str, encoding: Encoding) -> int:
    if encoding is LATIN:
        return 2 if character in _EXTENSION else 1
    return 2 if ord(character) > 0xFFFF else 1


def _parts(sizes: list[int], encoding: Encoding) -> int:
    """Count the parts; a character of two places is never divided between two of them."""
    if sum(sizes) <= encoding.alone:
        return 1 if sizes else 0
    parts, used = 1, 0
    for size in sizes:
        if used + size > encoding.each:
            parts, used = parts + 1, 0
        used += size
    return parts
