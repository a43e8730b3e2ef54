"""Keep secrets and personal data out of tracebacks: a debug page shows the repr of every local of every frame."""

import traceback
from collections.abc import Iterator
from http.client import HTTPException


class HiddenBytes(bytes):
    """Bytes that are sent unchanged, but print only their length."""

    def __repr__(self) -> str:
        return f"<{len(self)} hidden bytes>"

    __str__ = __repr__


class HiddenStr(str):
    """A string whose repr does not show it."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "<hidden>"


def forget_details(error: BaseException) -> None:
    """Clear the details of an exception and its causes: locals of finished frames, and quoted answers."""
    errors = list(_chain(error))
    for linked in errors:
        traceback.clear_frames(linked.__traceback__)
    if any(isinstance(linked, HTTPException) for linked in errors):
        for linked in errors:
            _forget_words(linked)


def trace(error: BaseException) -> str:
    """Return where an exception and its causes came from: files, lines and classes, without their messages."""
    traces = [
        "".join(traceback.format_tb(linked.__traceback__)) + f"{type(linked).__module__}.{type(linked).__qualname__}"
        for linked in _chain(error)
    ]
    return "\nwhich was caused by\n".join(traces)


def _forget_words(error: BaseException) -> None:
    """Clear an exception's strings: for malformed HTTP, they quote the answer, which may repeat the request."""
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
