"""Finding messages and people by what support staff have at hand. Every look-up can use an index."""

from django.core.exceptions import ImproperlyConfigured
from django.db.models import Q

from viber_messaging import phones
from viber_messaging.conf import conf

LARGEST_REFERENCE = 2**63 - 1
SHORTEST_PREFIX = 4


def phone_query(term: str) -> Q:
    """Return the condition that finds a phone by any spelling, or by its beginning; an empty one for other texts."""
    try:
        return Q(phone=phones.normalize(term, conf.DEFAULT_REGION))
    except (phones.PhoneError, ImproperlyConfigured):
        digits = "".join(filter(str.isdecimal, term))
    if len(digits) < SHORTEST_PREFIX or not _looks_like_phone(term):
        return Q()
    return Q(phone__startswith=f"+{digits}") | Q(phone__startswith=f"+38{digits}")


def message_query(term: str) -> Q:
    """Return the condition that finds messages by phone, reference or the gateway's number."""
    query = Q(msg_id=term) | phone_query(term)
    if term.isascii() and term.isdecimal() and int(term) <= LARGEST_REFERENCE:
        query |= Q(reference=int(term))
    return query


def _looks_like_phone(term: str) -> bool:
    return all(character.isdecimal() or character in "+-() ." for character in term)
