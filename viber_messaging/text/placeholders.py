"""Texts with placeholders: ``{name}``, ``{attribute}``, ``{name|friend}``, filled only by looking up names.

No attributes are accessed, no formats are applied, nothing is evaluated. Two braces stand for one.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class PlaceholderProblem(StrEnum):
    """Why a text cannot be filled."""

    BRACE = "brace"
    EMPTY = "empty"
    NAME = "name"


MESSAGES: Final[Mapping[PlaceholderProblem, Promise]] = {
    PlaceholderProblem.BRACE: _("Unmatched brace: write {name} for a placeholder, and {{ or }} for a brace."),
    PlaceholderProblem.EMPTY: _("There is nothing between the braces: write a name there, such as {name}."),
    PlaceholderProblem.NAME: _(
        "“%(shown)s” is not a valid placeholder: use only letters, digits and spaces in its name, such as {name}."
    ),
}


class PlaceholderError(ValueError):
    """Raised when a text cannot be filled; ``code`` is the reason for programs, the text for people."""

    def __init__(self, code: PlaceholderProblem, shown: str = "") -> None:
        super().__init__(code)
        self.code, self.shown = code, shown

    def __str__(self) -> str:
        return str(MESSAGES[self.code]) % {"shown": self.shown} if self.shown else str(MESSAGES[self.code])


@dataclass(frozen=True, slots=True)
class Placeholder:
    """A placeholder: the name of the value, and the default if the value is unknown."""

    name: str
    default: str | None = None

    def __str__(self) -> str:
        return "{" + self.name + "}"


@dataclass(frozen=True, slots=True)
class Rendered:
    """A text with its placeholders filled; ``missing`` names those without a value."""

    text: str
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Template:
    """A parsed text that can be filled many times."""

    parts: tuple[str | Placeholder, ...]

    @property
    def placeholders(self) -> list[Placeholder]:
        return [part for part in self.parts if isinstance(part, Placeholder)]

    @property
    def fixed_length(self) -> int:
        """The number of characters that every filled text has."""
        return sum(len(part) for part in self.parts if isinstance(part, str))

    def render(self, values: Mapping[str, str]) -> Rendered:
        """Fill the placeholders with values as ``values_of`` returns them."""
        texts, missing = [], []
        for part in self.parts:
            if isinstance(part, str):
                texts.append(part)
            elif value := values.get(key(part.name)):
                texts.append(value)
            elif part.default is not None:
                texts.append(part.default)
            else:
                missing.append(part.name)
        return Rendered("".join(texts), tuple(missing))


_TOKEN: Final = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
_NAME: Final = re.compile(r"(?:[\w№'’ʼ`%&/+-]|\.(?= |$)| )+")
"""Allowed names of columns. A full stop may only end a word: ``{дата нар.}`` is a column, ``{0.__class__}`` is not."""

_APOSTROPHES: Final = str.maketrans(dict.fromkeys("’ʼ`", "'"))
_NAME_KEYS: Final = ("name", "ім'я", "імя", "имя")
"""The spellings of the recipient's name in placeholders, whatever the spreadsheet called it."""


def parse(text: str) -> Template:
    """Parse a text. Raises PlaceholderError if it cannot be filled."""
    parts: list[str | Placeholder] = []
    end = 0
    for token in _TOKEN.finditer(text):
        parts.append(text[end : token.start()])
        parts.append(_part(token))
        end = token.end()
    parts.append(text[end:])
    return Template(tuple(part for part in parts if part != ""))


def _part(token: re.Match[str]) -> str | Placeholder:
    inside = token[1]
    if inside is None:
        if len(token[0]) == 1:
            raise PlaceholderError(PlaceholderProblem.BRACE)
        return token[0][0]
    name, bar, default = inside.partition("|")
    if not name.strip():
        raise PlaceholderError(PlaceholderProblem.EMPTY)
    if not _NAME.fullmatch(name.strip()):
        raise PlaceholderError(PlaceholderProblem.NAME, token[0])
    return Placeholder(name.strip(), default if bar else None)


def offered(columns: Iterable[str]) -> list[str]:
    """Return the placeholders for the recipient's name and for these columns, each once, without impossible ones."""
    found = {_NAME_KEYS[0]: _NAME_KEYS[0]}
    for column in columns:
        if key(column) not in _NAME_KEYS and _NAME.fullmatch(column.strip()):
            found.setdefault(key(column), column.strip())
    return [str(Placeholder(name)) for name in found.values()]


def render(text: str, values: Mapping[str, Any]) -> Rendered:
    """Fill the placeholders of one text. Raises PlaceholderError."""
    return parse(text).render(values_of("", values))


@lru_cache(maxsize=4096)
def key(name: str) -> str:
    """Return a column's name in the form used for lookups, regardless of case, spacing and apostrophes."""
    return " ".join(unicodedata.normalize("NFC", name).translate(_APOSTROPHES).casefold().split())


def values_of(name: str, attributes: Mapping[str, Any]) -> dict[str, str]:
    """Return a person's values by placeholder key; blank values are left out."""
    values = {key(column): shown for column, value in attributes.items() if (shown := _shown(value))}
    if called := _shown(name) or next((values[way] for way in _NAME_KEYS if way in values), ""):
        values |= dict.fromkeys(_NAME_KEYS, called)
    return values


def _shown(value: Any) -> str:
    """Return a value as people write it; an empty string for None, booleans and lists."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()
