"""Find messages and people by what support staff know. Every lookup can use an index.

Beginnings are looked up as ranges, which can use an index everywhere, while LIKE can on few databases and collations.
"""

from django.db.models import Q, QuerySet

from viber_messaging.admin.lists import people_search
from viber_messaging.admin.lists.phone_spelling import digits_of, first_digits, full_phone, last_digits
from viber_messaging.admin.pages.address import number_in
from viber_messaging.models import Message, Recipient

LARGEST_REFERENCE = 2**63 - 1
SHORTEST_PREFIX = 4
LONGEST_PHONE = people_search.LONGEST_PHONE
MOST_PEOPLE = 200
"""The most people, found by name or the end of a phone, whose messages a search includes."""
LONGEST_END = 9
"""The most digits that count as the end of a phone; more are a whole phone, or another number."""
RECENT = 50_000
"""The number of last messages in which the end of a phone is searched; an index for it would slow down sending."""


def phone_query(term: str) -> Q:
    """Return the condition for a phone in any spelling, or its beginning; an empty one for other texts."""
    if phone := full_phone(term):
        return Q(phone=phone)
    beginning = first_digits(term)
    if len(digits_of(term)) < SHORTEST_PREFIX or not beginning:
        return Q()
    # The end of the range has nines only: how other characters are ordered is up to the database.
    return Q(phone__range=(beginning, beginning.ljust(LONGEST_PHONE, "9")))


def find_messages(messages: "QuerySet[Message]", term: str, *, may_see_people: bool = False) -> "QuerySet[Message]":
    """Narrow to messages found by reference or gateway ID; else by phone or its beginning; else by its end.

    For users who may view people, also by person. The lookups are tried one after another, because with OR the database
    would sort everything that they find.
    """
    if (found := _by_number(messages, term)) is not None:
        return found
    query = phone_query(term)
    if full_phone(term):
        return messages.filter(query)
    if query and Message.objects.filter(query).exists():
        return messages.filter(query).order_by("phone", "-pk")
    phones = {*_phones_of_people(term), *_recent_phones(term)} if may_see_people else _recent_phones(term)
    return messages.filter(phone__in=phones)


def _phones_of_people(term: str) -> "QuerySet[Recipient, str]":
    """Return the phones of people found by name or by the end of their phone."""
    found = find_recipients(Recipient.objects.order_by("-pk"), term)
    return found.values_list("phone", flat=True)[:MOST_PEOPLE]


def _recent_phones(term: str) -> set[str]:
    """Return the phones with this end that recently got messages, with or without a recipient."""
    digits = last_digits(term)
    if not SHORTEST_PREFIX <= len(digits) <= LONGEST_END:
        return set()
    last = Message.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    recent = Message.objects.filter(pk__gt=last - RECENT, phone__endswith=digits)
    # Not distinct, for which SQLite would read the index of all phones.
    return set(recent.order_by("-pk").values_list("phone", flat=True)[:RECENT])


def find_by_number(messages: "QuerySet[Message]", term: str) -> "QuerySet[Message]":
    """Narrow to messages found by reference or gateway ID, but not by personal data."""
    found = _by_number(messages, term)
    return messages.none() if found is None else found


def _by_number(messages: "QuerySet[Message]", term: str) -> "QuerySet[Message] | None":
    queries = (query for query in _exact_queries(term) if Message.objects.filter(query).exists())
    query = next(queries, None)
    return None if query is None else messages.filter(query)


def find_recipients(recipients: "QuerySet[Recipient]", term: str) -> "QuerySet[Recipient]":
    """Narrow to people found by phone; else by words of their names and digits of their phones."""
    if phone := full_phone(term):
        return recipients.filter(phone=phone)
    return people_search.find(recipients, term)


def _exact_queries(term: str) -> list[Q]:
    number = number_in(term, most_digits=19)
    if number is None or number > LARGEST_REFERENCE:
        return [Q(msg_id=term)]
    return [Q(reference=number), Q(msg_id=term)]
