"""Find people by what was typed: beginnings of the words of a name in any order, and digits of the phone.

Each word can be looked up in an index. Only the rarest one is; the others are compared in the rows found. If even the
rarest is common, like a first name, the list is read in its own order instead, because its pages fill quickly.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from itertools import groupby, islice
from operator import and_, or_

from django.db import connections
from django.db.models import F, Q, QuerySet, Value
from django.db.models.expressions import Combinable
from django.db.models.lookups import Exact, GreaterThanOrEqual, LessThan

from viber_messaging.admin.lists.phone_spelling import digits_of, first_digits, looks_like_phone
from viber_messaging.models import Recipient
from viber_messaging.models.database.folding import (
    INDEXED_WORDS,
    LAST_DIGITS,
    BeginsWord,
    LastDigits,
    fold,
    from_word,
    spellings,
)

RARE = 2_000
"""A word that fits fewer people than this is rare enough that the others need not be counted."""
COMMON = 60_000
"""A word that fits this many people is common."""
MOST_WORDS = 8
"""The most words that are compared; nobody's name has more."""
LONGEST_PHONE = 16
LAST_CHARACTER = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class Word:
    """One typed word, folded; ``digits`` and ``beginning`` are empty if it is not part of a phone."""

    text: str
    spellings: frozenset[str]
    """The spellings that an index may contain."""
    digits: str
    beginning: str

    def looked_up(self) -> Q:
        """Return the condition in a form that indexes serve."""
        words = range(1, INDEXED_WORDS + 1)
        names = (_begins(from_word(number), text) for number in words for text in self.spellings)
        # Phones first, because names are more expensive to compare.
        return reduce(or_, [*self._of_phones(), *names])

    def _of_phones(self) -> Iterator[Q]:
        if self.beginning:
            # The end of the range has only nines, because the order of other characters depends on the database.
            yield Q(phone__range=(self.beginning, self.beginning.ljust(LONGEST_PHONE, "9")))
        if len(self.digits) >= LAST_DIGITS:
            end = Exact(LastDigits("phone"), Value(self.digits[-LAST_DIGITS:]))
            yield Q(end) & Q(phone__endswith=self.digits)

    def compared(self) -> Q:
        """Return the condition in a form for which no database uses an index."""
        conditions = [Q(BeginsWord(F("folded_name"), self.text))]
        if self.beginning:
            conditions.append(Q(phone__startswith=self.beginning))
        if len(self.digits) >= LAST_DIGITS:
            conditions.append(Q(phone__endswith=self.digits))
        return reduce(or_, conditions)


def find(people: "QuerySet[Recipient]", typed: str) -> "QuerySet[Recipient]":
    """Narrow to the people who match everything typed."""
    words = list(islice(_words_of(typed, connections[people.db].vendor), MOST_WORDS))
    if not words:
        return people.none()
    found = people.filter(reduce(and_, (word.compared() for word in words)))
    rarest = _rarest(words, people.db)
    return found if rarest is None else found.filter(pk__in=Recipient.objects.filter(rarest.looked_up()).values("pk"))


def _words_of(typed: str, vendor: str) -> Iterator[Word]:
    """Yield the words; adjacent parts without letters are one phone."""
    for is_phone, run in groupby(typed.split(), looks_like_phone):
        text = " ".join(run)
        if not is_phone:
            yield from (Word(word, frozenset(spellings(word, vendor)), "", "") for word in fold(text).split())
        elif digits := digits_of(text):
            yield Word(digits, frozenset({digits}), digits, first_digits(text))


def _rarest(words: list[Word], database: str) -> Word | None:
    """Return the word that fits the fewest people; None if all are common, or if no index could tell."""
    if not connections[database].features.supports_expression_indexes:
        return None
    for bound in (RARE, COMMON):
        count, place = min((_count(word, bound), place) for place, word in enumerate(words))
        if count < bound:
            return words[place]
    return None


def _count(word: Word, bound: int) -> int:
    """Return how many people a word fits; the bound if there are so many or more."""
    return Recipient.objects.filter(word.looked_up()).values("pk")[:bound].count()


def _begins(expression: Combinable, text: str) -> Q:
    """Return the condition that a text begins like this, as a range, because few collations use an index for LIKE."""
    end = LessThan(expression, Value(text + LAST_CHARACTER))
    return Q(GreaterThanOrEqual(expression, Value(text))) & Q(end)
