"""The kinds of values in ``VIBER_MESSAGING``: how each is read, validated and parsed from text."""

import re
import reprlib
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Generic, TypeGuard, TypeVar, overload

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

ValueT = TypeVar("ValueT")
ChoiceT = TypeVar("ChoiceT", bound=str)


SWITCHES = {"true": True, "1": True, "yes": True, "on": True, "false": False, "0": False, "no": False, "off": False}
"""The spellings of True and False in the environment."""


PHONE_BEGINNING = re.compile(r"\+[1-9][0-9]{0,14}")


class Setting(ABC, Generic[ValueT]):
    """One key: its default, its valid values, and how the environment spells them.

    On an instance of ``Conf`` it is the current value, on the class itself it is this declaration.
    """

    key = ""
    expectation = ""
    """Completes the sentence "must be …"."""
    may_be_shown = True

    def __init__(self, default: ValueT) -> None:
        self.default = default

    def __set_name__(self, owner: type, name: str) -> None:
        self.key = name

    @overload
    def __get__(self, instance: None, owner: type) -> "Setting[ValueT]": ...
    @overload
    def __get__(self, instance: object, owner: type | None = None) -> ValueT: ...
    def __get__(self, instance: object | None, owner: type | None = None) -> "Setting[ValueT] | ValueT":
        return self if instance is None else self.read(written_settings())

    def read(self, written: Mapping[str, object]) -> ValueT:
        """Return the value from ``written`` or the default; raise ImproperlyConfigured if it is invalid."""
        value = written.get(self.key, self.default)
        try:
            return self.validated(value)
        except ValueError:
            raise ImproperlyConfigured(self.complaint(f"VIBER_MESSAGING['{self.key}']", value)) from None

    def complaint(self, place: str, value: object) -> str:
        """Return a sentence that says what is wrong with ``value`` in ``place``, and what to write."""
        return f"{place} is {shown(value) if self.may_be_shown else 'wrong'}, but must be {self.expectation}."

    @abstractmethod
    def validated(self, value: object) -> ValueT:
        """Return ``value`` if it is valid; raise ValueError if not."""

    def parse(self, text: str) -> ValueT:
        """Return the value that ``text`` from the environment means; raise ValueError if it is invalid."""
        return self.validated(text)


class Text(Setting[str]):
    """Any text that is not empty."""

    def __init__(self, default: str, expectation: str) -> None:
        super().__init__(default)
        self.expectation = expectation

    def validated(self, value: object) -> str:
        if isinstance(value, str) and value:
            return value
        raise ValueError


class OptionalText(Setting[str | None]):
    """Any text; None and an empty text both mean none."""

    def __init__(self, default: str, expectation: str) -> None:
        super().__init__(default)
        self.expectation = f"{expectation}, or None"

    def validated(self, value: object) -> str | None:
        if value is None or isinstance(value, str):
            return value or None
        raise ValueError


class Dotted(Text):
    """The dotted path of something importable, such as ``shop.viber.Gateway``."""

    def validated(self, value: object) -> str:
        path = super().validated(value)
        if "." in path and all(part.isidentifier() for part in path.split(".")):
            return path
        raise ValueError


class Address(Text):
    """A URL. Never shown, because it may contain a password."""

    may_be_shown = False


class Secret(Text):
    """A text without a default, never shown. None and an empty string mean that it is missing."""

    may_be_shown = False

    def complaint(self, place: str, value: object) -> str:
        if value is None or value == "":
            return f"{place} is missing: set it to {self.expectation}."
        return super().complaint(place, value)

    def parse(self, text: str) -> str:
        return text


class Choice(Setting[ChoiceT]):
    """One of a few words."""

    def __init__(self, default: ChoiceT, choices: tuple[ChoiceT, ...]) -> None:
        super().__init__(default)
        self.choices = choices
        self.expectation = f"one of {', '.join(map(repr, choices))}"

    def validated(self, value: object) -> ChoiceT:
        for choice in self.choices:
            if value == choice:
                return choice
        raise ValueError


class Switch(Setting[bool]):
    """True or False."""

    expectation = "True or False"

    def validated(self, value: object) -> bool:
        if isinstance(value, bool):
            return value
        raise ValueError

    def parse(self, text: str) -> bool:
        return self.validated(SWITCHES.get(text.strip().casefold()))


class Whole(Setting[int]):
    """A whole number within inclusive bounds."""

    def __init__(self, default: int, *, low: int = 1, high: int) -> None:
        super().__init__(default)
        self.low, self.high = low, high
        self.expectation = f"a whole number from {low} to {high}"

    def validated(self, value: object) -> int:
        if is_whole(value) and self.low <= value <= self.high:
            return value
        raise ValueError

    def parse(self, text: str) -> int:
        return self.validated(int(text))


class Number(Setting[float]):
    """A number above zero, whole or not: a duration in seconds, unless another unit is given."""

    def __init__(self, default: float, *, high: int, unit: str = "seconds") -> None:
        super().__init__(default)
        self.high = high
        self.expectation = f"a number of {unit} above 0 and at most {high}"

    def validated(self, value: object) -> float:
        if (is_whole(value) or isinstance(value, float)) and 0 < value <= self.high:
            return value
        raise ValueError

    def parse(self, text: str) -> float:
        return self.validated(number_from(text))


class OptionalNumber(Setting[float | None]):
    """A number above zero, or None for no limit."""

    def __init__(self, *, high: int, unit: str) -> None:
        super().__init__(None)
        self.number = Number(1, high=high, unit=unit)
        self.expectation = f"None or {self.number.expectation}"

    def validated(self, value: object) -> float | None:
        return None if value is None else self.number.validated(value)

    def parse(self, text: str) -> float | None:
        return self.number.parse(text) if text.strip() else None


class Phones(Setting[tuple[str, ...] | None]):
    """Phones and prefixes in international form, or None for every phone. Never shown, because they are people's."""

    may_be_shown = False
    expectation = (
        "None or a list of phones and prefixes with + and the country code, such as ['+380971234567', '+38050']"
    )

    def __init__(self) -> None:
        super().__init__(None)

    def validated(self, value: object) -> tuple[str, ...] | None:
        if value is None:
            return None
        if not isinstance(value, list | tuple):
            raise ValueError
        phones = tuple(one for one in value if isinstance(one, str) and PHONE_BEGINNING.fullmatch(one))
        if not phones or len(phones) < len(value):
            raise ValueError
        return phones

    def parse(self, text: str) -> tuple[str, ...] | None:
        return self.validated([one.strip() for one in text.split(",")])


class Range(Setting[tuple[int, int]]):
    """Two whole numbers: the lowest, and the one after the highest."""

    def __init__(self, default: tuple[int, int], *, low: int = 1, high: int) -> None:
        super().__init__(default)
        self.low, self.high = low, high
        self.expectation = f"a pair of whole numbers (low, high) with {low} <= low < high <= {high}"

    def validated(self, value: object) -> tuple[int, int]:
        match value:
            case (first, last) if is_whole(first) and is_whole(last) and self.low <= first < last <= self.high:
                return first, last
        raise ValueError

    def parse(self, text: str) -> tuple[int, int]:
        return self.validated([int(part) for part in text.strip("() ").split(",")])


def written_settings() -> Mapping[str, object]:
    """Return the site's settings, unchecked; raise ImproperlyConfigured if they are not a dict."""
    written: object = getattr(settings, "VIBER_MESSAGING", {})
    if isinstance(written, Mapping):
        return written
    raise ImproperlyConfigured(
        f"VIBER_MESSAGING is of type {type(written).__name__}, but must be a dict such as {{'API_KEY': '…'}}."
    )


def is_whole(value: object) -> TypeGuard[int]:
    """Return whether the value is an int, which excludes True and False."""
    return isinstance(value, int) and not isinstance(value, bool)


def number_from(text: str) -> float:
    """Return an int if ``text`` is one, else a float; raise ValueError if it is not a number."""
    try:
        return int(text)
    except ValueError:
        return float(text)


def shown(value: object) -> str:
    """Return a short form of any ``value`` for a sentence."""
    try:
        return reprlib.repr(value)
    except ValueError:  # an int too long for Python to convert
        return f"a very long {type(value).__name__}"
