"""Keep secrets and personal data out of tracebacks: a debug page shows the repr of every local of every frame."""

import traceback
from collections.abc import Iterator
from http.client import HTTPException


class HiddenBytes(bytes):
    """Bytes that go over the wire as they are and print as their length only."""

    def __repr__(self) -> str:
        return f"<{len(self)} hidden bytes>"

    __str__ = __repr__


class HiddenStr(str):
    """A string with a repr that does not tell it."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "<hidden>"


def forget_details(error: BaseException) -> None:
    """Empty what an exception, and those that it came from, would tell: locals of finished frames, quoted answers."""
    errors = list(_chain(error))
    for linked in errors:
        traceback.clear_frames(linked.__traceback__)
    if any(isinstance(linked, HTTPException) for linked in errors):
        for linked in errors:
            _forget_words(linked)


def trace(error: BaseException) -> str:
    """Return where an exception and its causes came from: files, lines and classes, none of their words."""
    told = [
        "".join(traceback.format_tb(linked.__traceback__)) + f"{type(linked).__module__}.{type(linked).__qualname__}"
        for linked in _chain(error)
    ]
    return "\nwhich came from\n".join(told)


def _forget_words(error: BaseException) -> None:
    """Empty an exception's strings: where HTTP is malformed, they quote the answer, which may repeat the request."""
    error.args = tuple(argument for argument in error.args if isinstance(argument, BaseException))
    attributes = vars(error)
    attributes.update({name: type(value)() for name, value in attributes.items() if isinstance(value, str | bytes)})


def _chain(error: BaseException) -> Iterator[BaseException]:
    waiting, seen = [error], set[int]()
    while waiting:
        current = waiting.pop()
        if id(current) in seen:
            continue
        seen.add(id(current))
        waiting += [linked for linked in (current.__cause__, current.__context__) if linked]
        yield current
