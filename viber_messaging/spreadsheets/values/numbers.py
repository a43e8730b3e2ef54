"""Show numbers as a workbook does: with the digits, signs and words of a number format such as ``00000000``."""

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final, TypeAlias

PIECE: Final = re.compile(
    r'"([^"]*)"|\\(.)|[_*].|\[\$([^\]\[-]*)[^\]\[]*\]|\[[^\]\[]*\]|General|E[+-]|.', re.IGNORECASE | re.DOTALL
)
CONDITION: Final = re.compile(r"\[(<=|>=|<>|<|>|=)(-?[0-9]{1,15}(?:\.[0-9]{1,15})?)\]")
PLACES: Final = "0#?"
UNREADABLE: Final = ("general", "e+", "e-", "/", "@")
"""The signs for fractions, powers of ten and the general format; such numbers stay as they are."""
NUMBER_PARTS: Final = 3
"""The parts of a format that are for numbers; a fourth is for texts."""
MOST: Final = 10**30
Condition: TypeAlias = tuple[str, Decimal]
NEGATIVE: Final[Condition] = ("<", Decimal(0))
USUAL_CONDITIONS: Final[Mapping[int, tuple[Condition | None, ...]]] = {
    1: (None,),
    2: ((">=", Decimal(0)), NEGATIVE),
    3: ((">", Decimal(0)), NEGATIVE, None),
}
"""The conditions by the number of parts, if the format names none."""
COMPARISONS: Final[Mapping[str, Callable[[Decimal, Decimal], bool]]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
    "<>": operator.ne,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of a number format; ``whole`` and ``fraction`` contain places for digits, and words."""

    whole: tuple[tuple[bool, str], ...]
    fraction: tuple[tuple[bool, str], ...]
    factor: Decimal
    condition: Condition | None
    has_sign: bool

    def is_for(self, number: Decimal) -> bool:
        """Return whether this part shows the number."""
        return self.condition is None or COMPARISONS[self.condition[0]](number, self.condition[1])

    def shown(self, number: Decimal) -> str:
        """Return a number with its digits at their places, without thousands separators, which differ by language."""
        decimals = sum(is_place for is_place, _text in self.fraction)
        rounded = (abs(number) * self.factor).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
        whole, _point, fraction = f"{rounded:f}".partition(".")
        digits = whole_digits(self.whole, whole.lstrip("0")) + fraction_digits(self.fraction, fraction)
        return ("-" if self.has_sign and number < 0 and rounded else "") + digits.strip()


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """A supported number format; ``zeros`` is its width if it consists only of zeros."""

    sections: tuple[Section, ...]
    zeros: int

    def shown(self, number: float) -> object:
        """Return what a cell shows, or the number itself if no part applies."""
        if self.zeros and isinstance(number, int) and number >= 0:
            return str(number).zfill(self.zeros)
        if not -MOST < number < MOST:
            return number
        exact = Decimal(number) if isinstance(number, int) else Decimal(f"{number:.15g}")
        section = next((section for section in self.sections if section.is_for(exact)), None)
        return number if section is None else section.shown(exact)


def number_format(code: str) -> NumberFormat | None:
    """Parse a number format; return None if it leaves numbers as they are."""
    parts = parts_of(code)[:NUMBER_PARTS]
    if any(text.lower() in UNREADABLE for part in parts for text in part):
        return None
    conditions = [condition_in(part) for part in parts]
    if not any(conditions):
        conditions = list(USUAL_CONDITIONS[len(parts)])
    sections = [section_of(*said) for said in zip(parts, conditions, strict=True)]
    if not any(is_place for is_place, _text in sections[0].whole + sections[0].fraction):
        return None
    return NumberFormat(tuple(sections), zeros=len(code) if set(code) == {"0"} else 0)


def parts_of(code: str) -> list[list[str]]:
    """Return the pieces of a format's parts. Literal text is prefixed with a quotation mark."""
    parts: list[list[str]] = [[]]
    for piece in PIECE.finditer(code):
        word = next((group for group in piece.groups() if group is not None), None)
        if piece[0] == ";":
            parts.append([])
        elif word is not None:
            parts[-1].append(f'"{word}')
        elif piece[0][0] not in "_*" or len(piece[0]) == 1:
            parts[-1].append(piece[0])
    return parts


def condition_in(pieces: Sequence[str]) -> Condition | None:
    """Return the condition that a part of a format names, such as ``[<=9999999]``."""
    found = next((found for piece in pieces if (found := CONDITION.fullmatch(piece))), None)
    return (found[1], Decimal(found[2])) if found else None


def section_of(pieces: Sequence[str], condition: Condition | None) -> Section:
    """Return one part of a format, with its condition."""
    shown = [piece for piece in pieces if not piece.startswith("[")]
    point = shown.index(".") if "." in shown else len(shown)
    scale = sum(1 for _comma in trailing_commas(shown[:point]))
    return Section(
        whole=pieces_of(shown[:point]),
        fraction=pieces_of(shown[point:]),
        factor=Decimal(100) ** shown.count("%") / Decimal(1000) ** scale,
        condition=condition,
        has_sign=condition != NEGATIVE,
    )


def trailing_commas(pieces: Sequence[str]) -> list[str]:
    """Return the commas after the last place for a digit; each divides by a thousand."""
    last = max((place for place, piece in enumerate(pieces) if piece in PLACES), default=len(pieces))
    return [piece for piece in pieces[last:] if piece == ","]


def pieces_of(pieces: Sequence[str]) -> tuple[tuple[bool, str], ...]:
    """Return places for digits, and literal text."""
    words = (piece for piece in pieces if piece != ",")
    return tuple((piece in PLACES, piece.removeprefix('"') if len(piece) > 1 else piece) for piece in words)


def whole_digits(pieces: Sequence[tuple[bool, str]], digits: str) -> str:
    """Return the digits placed from the right; digits without a place come before the first."""
    shown: list[str] = []
    left = list(digits)
    places = sum(is_place for is_place, _text in pieces)
    for is_place, text in reversed(pieces):
        if not is_place:
            shown.append(text)
            continue
        places -= 1
        taken = left[-1:] if places else left[::-1]
        del left[len(left) - len(taken) :]
        shown.extend(taken or ("0" if text == "0" else ""))
    return "".join(reversed(shown)) if pieces else digits


def fraction_digits(pieces: Sequence[tuple[bool, str]], digits: str) -> str:
    """Return the decimal point and the digits after it; trailing zeros stay only if a place requires them."""
    shown: list[str] = []
    left = list(digits)
    must = False
    for is_place, text in reversed(pieces):
        if not is_place:
            shown.append(text if text != "." or must else "")
            continue
        digit = left.pop()
        must = must or text == "0" or digit != "0"
        shown.append(digit if must else "")
    return "".join(reversed(shown))
