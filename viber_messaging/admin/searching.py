"""Finding messages and people by what support staff have at hand. Every look-up can use an index.

A beginning is looked up as a range: an index serves LIKE on few databases and collations, and a range on all.
"""

import phonenumbers
from django.core.exceptions import ImproperlyConfigured
from django.db.models import Q, QuerySet

from viber_messaging import phones
from viber_messaging.conf import conf
from viber_messaging.models import Message, Recipient

LARGEST_REFERENCE = 2**63 - 1
SHORTEST_PREFIX = 4
LONGEST_PHONE = 16


def phone_query(term: str) -> Q:
    """Return the condition that finds a phone by any spelling, or by its beginning; an empty one for other texts."""
    if phone := full_phone(term):
        return Q(phone=phone)
    beginning = first_digits(term)
    # The end of the range has nines only: how other characters are ordered is up to the database.
    return Q(phone__range=(beginning, beginning.ljust(LONGEST_PHONE, "9"))) if beginning else Q()


def full_phone(term: str) -> str:
    """Return the phone that this spells, as E.164; an empty text where it spells none."""
    try:
        return phones.normalize(term, conf.DEFAULT_REGION)
    except (phones.PhoneError, ImproperlyConfigured):
        return ""


def first_digits(term: str) -> str:
    """Return the beginning of a phone that this spells, as E.164 has it; an empty text where it is too short."""
    digits = "".join(str(int(character)) for character in term if character.isdecimal())
    if len(digits) < SHORTEST_PREFIX or not _looks_like_phone(term):
        return ""
    return f"+{digits if '+' in term else _international(digits)}"


def _international(digits: str) -> str:
    if digits.startswith("00"):
        return digits[2:]
    if digits.startswith("80") and conf.DEFAULT_REGION == "UA":
        return f"3{digits}"
    if digits.startswith("0"):
        return f"{phonenumbers.country_code_for_region(conf.DEFAULT_REGION)}{digits[1:]}"
    return digits


def find_messages(messages: "QuerySet[Message]", term: str) -> "QuerySet[Message]":
    """Narrow to those found by reference or the gateway's number; where there is none, by phone or its beginning.

    One look-up after the other: of several joined by "or" a database sorts all that they find.
    """
    for query in _exact_queries(term):
        if Message.objects.filter(query).exists():
            return messages.filter(query)
    query = phone_query(term)
    if not query:
        return messages.none()
    found = messages.filter(query)
    return found if full_phone(term) else found.order_by("phone", "-pk")


def find_by_number(messages: "QuerySet[Message]", term: str) -> "QuerySet[Message]":
    """Narrow to those found by reference or the gateway's number, and by nothing that tells who they went to."""
    for query in _exact_queries(term):
        if Message.objects.filter(query).exists():
            return messages.filter(query)
    return messages.none()


def find_recipients(recipients: "QuerySet[Recipient]", term: str) -> "QuerySet[Recipient]":
    """Narrow to those found by phone or its beginning; by a part of the name where this is no phone.

    A part of a name is the one look-up that no index serves.
    """
    query = phone_query(term)
    if not query:
        return recipients.filter(name__icontains=term)
    found = recipients.filter(query)
    return found if full_phone(term) else found.order_by("phone")


def _exact_queries(term: str) -> list[Q]:
    if not (term.isascii() and term.isdecimal() and int(term) <= LARGEST_REFERENCE):
        return [Q(msg_id=term)]
    return [Q(reference=int(term)), Q(msg_id=term)]


def _looks_like_phone(term: str) -> bool:
    return all(character.isdecimal() or character in "+-() ." for character in term)
