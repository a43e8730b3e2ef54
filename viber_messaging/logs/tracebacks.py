"""Tracebacks that leave this package tell where something went wrong, and nothing of whom it was about.

An error mail of Django, or a service that collects errors, shows the locals of every frame: phones, texts, the key.
Which locals hold such values changes with each line of code, and reaches into the frames of Django and of drivers. So
at the border of this package the frames that an exception came through are emptied, all of them.
"""

import sys
import traceback
from collections.abc import Callable, Iterator
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import Error

P = ParamSpec("P")
T = TypeVar("T")


def without_locals(function: Callable[P, T]) -> Callable[P, T]:
    """Make a border of a function: what it raises shows no locals of the frames below, and no row of the database."""

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> T:
        outer = sys.exc_info()[1]
        try:
            return function(*args, **kwargs)
        except Exception as error:
            # This frame is shown, too.
            del args, kwargs
            empty(error, outer)
            raise

    call.is_border = True  # type: ignore[attr-defined]
    return call


def empty(error: BaseException, outer: BaseException | None = None) -> None:
    """Empty the frames of an exception and of those that it came from, as far as ``outer``, which is not ours."""
    for linked in _chain(error, outer):
        traceback.clear_frames(linked.__traceback__)
        if isinstance(linked, Error):
            _forget_rows(linked)


def _forget_rows(error: Error) -> None:
    """Leave of a database's words the first line: in the others PostgreSQL shows the row, with phone and text."""
    for linked in filter(None, (error, error.__cause__)):
        linked.args = tuple(_without_row(said) if isinstance(said, str) else said for said in linked.args)


def _without_row(said: str) -> str:
    """Leave out what MySQL and MariaDB quote of a row, as in ``Duplicate entry '…' for key 'phone'``."""
    before, _quote, quoted = said.partition("'")
    _value, is_quoted, after = quoted.rpartition("' for ")
    return (f"{before}'…' for {after}" if is_quoted else said).strip().split("\n", 1)[0]


def _chain(error: BaseException, outer: BaseException | None) -> Iterator[BaseException]:
    waiting, seen = [error], {id(outer)}
    while waiting:
        current = waiting.pop()
        if id(current) not in seen:
            seen.add(id(current))
            yield current
            waiting += filter(None, (current.__cause__, current.__context__))
