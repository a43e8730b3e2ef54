"""The values of attributes as texts in a form: what a person did not change keeps its type."""

import json
from collections.abc import Iterable
from math import isfinite
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from viber_messaging.models.recipient import attributes_of
from viber_messaging.models.validators import is_keepable

LONGEST_NUMBER = 18


def shown(value: Any) -> str:
    """Return a value as a text; half a character, which code may have stored, is shown as its number."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return equal_lines(text if is_keepable(text) else json.dumps(value))


def is_fixed(value: Any) -> bool:
    """Return whether a value is a list or an object, which code of the site stored, so that it is not edited here."""
    return isinstance(value, list | dict)


def merged(rows: Iterable[tuple[str, str]], stored: Any) -> Any:
    """Return the attributes to store for the rows of a form. Raises ValidationError for a changed list or object.

    Something else than an object, which code of the site may have stored, stays as it is without any rows.
    """
    known = attributes_of(stored)
    found = {(key := _known_key(name, known)): _value(key, text, known) for name, text in rows}
    return stored if not found and not isinstance(stored, dict) else found


def _known_key(name: str, known: dict[str, Any]) -> str:
    return name if name in known else name.strip()


def _value(key: str, text: str, known: dict[str, Any]) -> Any:
    before = known.get(key, "")
    if key in known and equal_lines(text) == shown(before):
        return before
    if is_fixed(before):
        sentence = _("“%(name)s” is not a text and cannot be changed here. Remove the row, or leave it as it is.")
        raise ValidationError(sentence, code="fixed", params={"name": key})
    return text.strip() if isinstance(before, str) else _typed(text.strip())


def _typed(text: str) -> Any:
    """Return what was a number, a yes or a no as such again, if it still is one; otherwise the text."""
    try:
        found = json.loads(text) if len(text) <= LONGEST_NUMBER else text
    except ValueError:
        return text
    is_number = isinstance(found, int | float) and isfinite(found)
    return found if is_number else text


def equal_lines(text: str) -> str:
    """Return the text with the line ends that browsers send made equal."""
    return text.replace("\r\n", "\n").replace("\r", "\n")
