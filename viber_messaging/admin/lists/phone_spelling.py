"""Interpret phones typed into a search: whole ones, or their beginning or end, in any usual spelling."""

from django.core.exceptions import ImproperlyConfigured

from viber_messaging.conf import conf
from viber_messaging.text import phones
from viber_messaging.text.libphonenumber import numbers


def full_phone(typed: str) -> str:
    """Return the phone with this spelling, as E.164; an empty string if it is not a phone."""
    try:
        return phones.normalize(typed, conf.DEFAULT_REGION)
    except (phones.PhoneError, ImproperlyConfigured):
        return ""


def first_digits(typed: str) -> str:
    """Return the beginning of a phone with this spelling, as in E.164; an empty string if it is not one."""
    digits = digits_of(typed)
    if not digits or not looks_like_phone(typed):
        return ""
    return f"+{digits if '+' in typed else _international(digits)}"


def last_digits(typed: str) -> str:
    """Return the end of a phone with this spelling; an empty string if it is not one."""
    return digits_of(typed) if looks_like_phone(typed) and "+" not in typed else ""


def digits_of(typed: str) -> str:
    """Return the digits of any script as ASCII digits."""
    return "".join(str(int(character)) for character in typed if character.isdecimal())


def looks_like_phone(typed: str) -> bool:
    """Return whether this has only digits and the characters that people write between them."""
    return all(character.isdecimal() or character in "+-() ." for character in typed)


def _international(digits: str) -> str:
    if digits.startswith("00"):
        return digits[2:]
    if digits.startswith("80") and conf.DEFAULT_REGION == "UA":
        return f"3{digits}"
    if digits.startswith("0"):
        return f"{numbers().country_code_for_region(conf.DEFAULT_REGION)}{digits[1:]}"
    return digits
