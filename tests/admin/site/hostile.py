"""What strangers write into addresses and forms, and which names a page reads from them."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest import mock
from urllib.parse import quote

from django.http import QueryDict

VALUES: Mapping[str, str] = {
    "nothing": "",
    "no number": "abc",
    "one more than a column holds": str(2**63),
    "more digits than Python converts": "9" * 5000,
    "a negative number": "-1",
    "a digit that is no decimal": "²",
    "a NUL": "a\0b",
    "half a character": "a\ud800b",
    "a long text, and marks that turn the direction": "\u202e\u200f" + "a" * 100_000,
    "the name of an attribute": "__class__",
    "the first day of the calendar": "0001-01-01",
    "the last day of the calendar": "9999-12-31",
    "JSON with a NUL and halves of characters": '{"a\\u0000": ["\\ud800\\u0000"], "\\udfff": null}',
    "JSON that is deep, and half a pattern": "[" * 5000,
}

LOOKUPS = ("", "__regex", "__exact", "__in", "__year", "__range")
BY_NAME = ("__getitem__", "__contains__", "get", "getlist", "pop", "setdefault")


@contextmanager
def names_read() -> Iterator[set[str]]:
    """Note the names that are looked up in what a browser sent."""
    found: set[str] = set()
    with ExitStack() as stack:
        for method in BY_NAME:
            stack.enter_context(mock.patch.object(QueryDict, method, _noting(getattr(QueryDict, method), found)))
        yield found


def _noting(original: Any, found: set[str]) -> Any:
    def note(self: Any, name: str, *args: Any, **kwargs: Any) -> Any:
        found.add(name)
        return original(self, name, *args, **kwargs)

    return note


def encoded(fields: Mapping[str, Any]) -> str:
    """Return fields as a browser that is no browser would send them."""
    pairs = [(name, value) for name, values in fields.items() for value in _listed(values)]
    return "&".join(f"{quote(str(name))}={quote(str(value), errors='surrogatepass')}" for name, value in pairs)


def _listed(values: Any) -> list[Any]:
    return values if isinstance(values, list) else [values]
