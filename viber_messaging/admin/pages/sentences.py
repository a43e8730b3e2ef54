"""Sentences for the user who pressed a button, and for those who read later what was done."""

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from django.utils import translation
from django.utils.translation import gettext, gettext_noop, ngettext, pgettext

Sentence: TypeAlias = tuple[int, str]
"""A level of Django's messages, and what is shown."""

FILLED: Final = (
    (gettext_noop("Copied from: %(group)s"), ""),
    (gettext_noop("Merged into this group: %(groups)s"), ""),
    (gettext_noop("Imported from %(file)s. %(counts)s"), ""),
    ("%(count)s number was added to “%(group)s”.", "%(count)s numbers were added to “%(group)s”."),
    ("Exported: all, %(count)s row", "Exported: all, %(count)s rows"),
    ("Exported: a selection, %(count)s row", "Exported: a selection, %(count)s rows"),
    ("Exported: %(what)s, %(count)s row", "Exported: %(what)s, %(count)s rows"),
)
"""The entries of the history that have values in them, singular and plural."""


def in_english(sentence: Callable[[], object]) -> str:
    """Return an entry for the history: in English, so that `in_own_words` can say it in the language of each reader."""
    with translation.override(None):
        return str(sentence())


def in_own_words(entry: str) -> str:
    """Return an entry of the history in the reader's language; entries that are not ours stay as they are."""
    for singular, plural in FILLED:
        for sentence in filter(None, (singular, plural)):
            if values := _values_in(entry, sentence):
                return _filled(singular, plural, values)
    return gettext(entry) if entry else ""


def _values_in(entry: str, sentence: str) -> dict[str, str]:
    """Return the values with which the sentence becomes the entry; none if it cannot."""
    beginning, *pieces = sentence.split("%(")
    if not entry.startswith(beginning):
        return {}
    rest, values = entry[len(beginning) :], {}
    for piece in pieces:
        name, _mark, literal = piece.partition(")s")
        values[name], found, rest = rest.rpartition(literal) if literal else (rest, rest, "")
        if not (values[name] and found):
            return {}
    return {} if rest else values


def _filled(singular: str, plural: str, values: Mapping[str, str]) -> str:
    said = {**values, **{name: gettext(values[name]) for name in ("what",) if name in values}}
    if "counts" in values:
        said["counts"] = _counts(values["counts"])
    count = values.get("count", "")
    sentence = ngettext(singular, plural, int(count)) if plural and count.isdecimal() else gettext(singular)
    return sentence % said


def _counts(written: str) -> str:
    """Translate the kind before each number."""
    pieces = written.split(": ")
    for place, piece in enumerate(pieces[:-1]):
        if pieces[place + 1][:1].isdigit():
            start = max(piece.rfind(";"), piece.rfind(".")) + 1
            pieces[place] = piece[:start] + _kind(piece[start:])
    return ": ".join(pieces)


def _kind(label: str) -> str:
    """Return the kind of an imported row, whose label may have a context."""
    inner = label.strip()
    said = pgettext("rows", inner)
    return label.replace(inner, gettext(inner) if said == inner else said)
