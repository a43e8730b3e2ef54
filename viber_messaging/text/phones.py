"""Convert phones as people and spreadsheets write them to E.164, or give the reason why not. Nothing is guessed."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, time, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from viber_messaging.text.libphonenumber import numbers

if TYPE_CHECKING:
    from phonenumbers import PhoneNumber


class PhoneProblem(StrEnum):
    """Why a value is not a phone that Viber could reach."""

    EMPTY = "empty"
    DATE = "date"
    NO_PHONE = "no_phone"
    OVERLONG = "overlong"
    SHORTENED = "shortened"
    FRACTION = "fraction"
    SEVERAL = "several"
    EXTENSION = "extension"
    LETTERS = "letters"
    CHARACTERS = "characters"
    SHORT = "short"
    LONG = "long"
    INVALID = "invalid"
    LANDLINE = "landline"
    NOT_MOBILE = "not_mobile"


MESSAGES: Final[Mapping[PhoneProblem, Promise]] = {
    PhoneProblem.EMPTY: _("There is no phone number here; enter one, such as +380971234567."),
    PhoneProblem.DATE: _(
        "This is a date or a time, not a phone number; format the column as text and enter the number."
    ),
    PhoneProblem.NO_PHONE: _("This is not a phone number; enter one as text, such as +380971234567."),
    PhoneProblem.OVERLONG: _("This text is too long for a phone number; leave one number here, such as +380971234567."),
    PhoneProblem.SHORTENED: _(
        "Excel shortened this number and its digits are lost; format the column as text and enter the number again."
    ),
    PhoneProblem.FRACTION: _(
        "This is a number with a fraction, not a phone number; format the column as text and enter the number."
    ),
    PhoneProblem.SEVERAL: _(
        "There is more than one phone number here; leave one, and put each of the others in its own row."
    ),
    PhoneProblem.EXTENSION: _("Viber cannot reach an extension; enter a mobile number without one."),
    PhoneProblem.LETTERS: _("The phone number contains letters, perhaps an O instead of a zero; leave only digits."),
    PhoneProblem.CHARACTERS: _(
        "The phone number contains characters that do not belong there; leave only + and digits."
    ),
    PhoneProblem.SHORT: _("This phone number is too short; enter all of its digits, such as +380971234567."),
    PhoneProblem.LONG: _("This phone number has too many digits; check it, and leave only one number here."),
    PhoneProblem.INVALID: _(
        "This phone number does not exist; check its digits, and begin with + and the country code."
    ),
    PhoneProblem.LANDLINE: _("This is a landline, but Viber only reaches mobile phones; enter a mobile number."),
    PhoneProblem.NOT_MOBILE: _(
        "This is a service number, but Viber only reaches mobile phones; enter a mobile number."
    ),
}
"""The sentences for staff. They do not contain the phone, because they may be logged."""


class PhoneError(ValueError):
    """Raised when a value is not a phone that Viber could reach; ``code`` is for programs, the text for people."""

    def __init__(self, code: PhoneProblem, missing: int = 0) -> None:
        super().__init__(code, missing)
        self.code = code
        self.missing = missing
        """How many digits the phone lacks; 0 if that is not known."""

    def __str__(self) -> str:
        return _say_missing(self.missing) if self.missing else str(MESSAGES[self.code])


def _say_missing(count: int) -> str:
    sentence = ngettext(
        "%(count)s digit of this phone number is missing; enter all of them.",
        "%(count)s digits of this phone number are missing; enter all of them.",
        count,
    )
    return sentence % {"count": count}


ERASED_PREFIX: Final = "+999"
"""A prefix that no country has: numbers with it replace erased phones, and nothing can be sent to them."""
BLANKS: Final = frozenset({"", "n/a", "nan", "none", "null", "нема", "немає", "нет", "відсутній", "отсутствует"})
LONGEST: Final = 15
"""The most digits of a phone, including its country code."""
LONGEST_SPELLING: Final = 64
"""The most characters of a text that is examined; no spelling of one phone is longer."""
PREFIXES: Final = ("p:", "tel:")
"""The prefixes that exports of leads and address books put before a phone."""
SHORT_NATIONAL_NUMBER: Final = 6
UKRAINIAN_MOBILE: Final = re.compile(r"\+380(?:50|63|66|67|68|73|9[1-9])[0-9]{7}")
"""Phones known to be valid without the tables of phonenumbers, which take fifty times as long."""
UKRAINIAN_PREFIXES: Final[Mapping[tuple[int, str | tuple[str, ...]], str]] = {
    (12, "380"): "+",
    (11, "80"): "+3",
    (10, "0"): "+38",
    (9, tuple("123456789")): "+380",
}
"""The length and beginning of the usual Ukrainian spellings, with the prefix that makes them international.

Eleven digits are the old dialling with 8; nine are ten digits whose leading zero a spreadsheet dropped.
"""
UKRAINIAN_LENGTHS: Final[Mapping[str, int]] = {"+380": 13, "380": 12, "0": 10}
"""The length of the usual Ukrainian spellings, by their beginning."""
NUMBER_CELL: Final = re.compile(r"([0-9]{7,})[.,]0+")
SHORTENED_CELL: Final = re.compile(r"[0-9]+(?:[.,][0-9]+)?e\+?[0-9]+", re.IGNORECASE)
DATE_CELL: Final = re.compile(r"[0-9]{1,4}/[0-9]{1,2}/[0-9]{1,4}")
EXTENSION: Final = re.compile(r"[0-9).\s,;(]\s{0,9}(?:доб|дод|вн|ext|x\s{0,9}[0-9]|#\s{0,9}[0-9])", re.IGNORECASE)
SEPARATOR: Final = re.compile(r"[/\\|,;&\n\r\v\f\t\u2028\u2029]|[0-9)][^0-9)+]*\+")
SPELLING: Final = re.compile(r"\(?\+?[ (]*[0-9][0-9 ().-]*")


def normalize(value: object, region: str = "UA") -> str:
    """Return ``value`` as E.164, in ``region`` if it has no country code; raise PhoneError if it is not a phone.

    Accepts texts, and numbers as spreadsheets store them.
    """
    if isinstance(value, str) and UKRAINIAN_MOBILE.fullmatch(value):
        return str(value)
    text = unwrapped(text_of(value))
    if text.casefold() in BLANKS or not any(map(str.isalnum, text)):
        raise PhoneError(PhoneProblem.EMPTY)
    return reachable(international(without_fraction(text), region), region)


def text_of(value: object) -> str:
    """Return a cell's value as it would be typed; raise PhoneError if it cannot be a phone."""
    if value is None:
        return ""
    if isinstance(value, str):
        return plain_text(value)
    if isinstance(value, date | time | timedelta):
        raise PhoneError(PhoneProblem.DATE)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise PhoneError(PhoneProblem.NO_PHONE)
    return text_of_number(value)


def plain_text(value: str) -> str:
    """Return a text in plain characters; raise PhoneError if it is too long to be a phone."""
    text = value.strip()
    if len(text) > LONGEST_SPELLING:
        raise PhoneError(PhoneProblem.OVERLONG)
    return "".join(map(plain, text))


def text_of_number(value: float) -> str:
    """Return the digits of a whole number, an empty string for NaN; raise PhoneError for other numbers."""
    if value != value:
        return ""
    if value <= 0:
        raise PhoneError(PhoneProblem.INVALID)
    if value >= 10**LONGEST:
        raise PhoneError(PhoneProblem.LONG)
    if isinstance(value, float) and not value.is_integer():
        raise PhoneError(PhoneProblem.FRACTION)
    return str(int(value))


def plain(character: str) -> str:
    """Return the plain form of a digit, a space, a dash or a sign; an empty string for an invisible character."""
    category = unicodedata.category(character)
    if category == "Nd":
        return str(unicodedata.decimal(character))
    if category == "Cf":
        return ""
    if category == "Zs":
        return " "
    if category == "Pd" or character == "\N{MINUS SIGN}":
        return "-"
    return chr(ord(character) - 0xFEE0) if "\N{FULLWIDTH EXCLAMATION MARK}" <= character <= "～" else character


def unwrapped(text: str) -> str:
    """Return ``text`` without the marks that spreadsheets and exports put around a number to keep it as text."""
    bare = text.strip().lstrip("'’`=").strip().strip("\"'’`").strip()
    prefix = next((prefix for prefix in PREFIXES if bare[: len(prefix)].casefold() == prefix), "")
    return bare[len(prefix) :].lstrip()


def without_fraction(text: str) -> str:
    """Return ``text`` without the ``.0`` of a number cell; raise PhoneError if the digits were lost."""
    if SHORTENED_CELL.fullmatch(text):
        raise PhoneError(PhoneProblem.SHORTENED)
    cell = NUMBER_CELL.fullmatch(text)
    return cell[1] if cell else text


def international(text: str, region: str) -> str:
    """Return the digits of ``text``, after ``+`` if the country is known; raise PhoneError if it is not one phone.

    ``text`` is a person's spelling, in plain characters.
    """
    raise_unless_one_phone(text)
    digits = re.sub(r"[^0-9]", "", text)
    if "+" in text:
        return f"+{digits}"
    if digits.startswith("00"):
        return f"+{digits[2:]}"
    return ukrainian(digits) if region == "UA" else digits


def raise_unless_one_phone(text: str) -> None:
    """Raise PhoneError, with the most helpful reason, unless ``text`` is one phone."""
    if SPELLING.fullmatch(text):
        return
    if DATE_CELL.fullmatch(text):
        raise PhoneError(PhoneProblem.DATE)
    if EXTENSION.search(text):
        raise PhoneError(PhoneProblem.EXTENSION)
    if not any(map(str.isdigit, text)):
        raise PhoneError(PhoneProblem.NO_PHONE)
    if any(map(str.isalpha, text)):
        raise PhoneError(PhoneProblem.LETTERS)
    raise PhoneError(PhoneProblem.SEVERAL if SEPARATOR.search(text) else PhoneProblem.CHARACTERS)


def ukrainian(digits: str) -> str:
    """Return ``digits`` with the country code if they are one of the usual Ukrainian spellings."""
    for (length, beginning), prefix in UKRAINIAN_PREFIXES.items():
        if len(digits) == length and digits.startswith(beginning):
            return prefix + digits
    return digits


def missing_digits(phone: str, region: str) -> int:
    """Return how many digits a Ukrainian phone lacks; 0 if it lacks none, or is of another country."""
    if region != "UA" and not phone.startswith("+"):
        return 0
    lengths = (length for beginning, length in UKRAINIAN_LENGTHS.items() if phone.startswith(beginning))
    return max(next(lengths, 0) - len(phone), 0)


def reachable(phone: str, region: str) -> str:
    """Return ``phone`` as E.164; raise PhoneError unless, as far as is known, it exists and is a mobile phone."""
    if UKRAINIAN_MOBILE.fullmatch(phone):
        return phone
    if missing := missing_digits(phone, region):
        raise PhoneError(PhoneProblem.SHORT, missing)
    number, library = parsed(phone, region), numbers()
    kind, kinds = library.number_type(number), library.PhoneNumberType
    if kind in {kinds.MOBILE, kinds.FIXED_LINE_OR_MOBILE}:
        return str(library.format_number(number, library.PhoneNumberFormat.E164))
    landline = kind == kinds.FIXED_LINE
    raise PhoneError(PhoneProblem.LANDLINE if landline else PhoneProblem.NOT_MOBILE)


def parsed(phone: str, region: str) -> "PhoneNumber":
    """Return the parsed ``phone``; raise PhoneError if there can be no such phone."""
    digits = phone.removeprefix("+")
    if len(digits) <= SHORT_NATIONAL_NUMBER:
        raise PhoneError(PhoneProblem.SHORT)
    if len(digits) > LONGEST:
        raise PhoneError(PhoneProblem.LONG)
    library = numbers()
    try:
        number: PhoneNumber = library.parse(phone, region)
    except library.NumberParseException:
        raise PhoneError(PhoneProblem.INVALID) from None
    if not library.is_valid_number(number):
        raise PhoneError(PhoneProblem.INVALID)
    return number


def spaced(phone: str) -> str:
    """Return an E.164 phone in groups of digits, as people read it; unchanged if it is none."""
    if UKRAINIAN_MOBILE.fullmatch(phone):
        return " ".join((phone[:4], phone[4:6], phone[6:9], phone[9:11], phone[11:]))
    library = numbers()
    try:
        return str(library.format_number(library.parse(phone), library.PhoneNumberFormat.INTERNATIONAL))
    except library.NumberParseException:
        return phone
