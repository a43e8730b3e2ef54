"""Tracebacks that leave this package show where something went wrong, without personal data.

Django's error mails, and services that collect errors, show the locals of every frame: phones, texts, the key. Which
locals contain such values changes with each line of code, and includes frames of Django and of drivers. Therefore all
frames that an exception came through are cleared at the border of this package.
"""

import sys
import traceback
from collections.abc import Callable, Coroutine, Iterator
from functools import update_wrapper, wraps
from typing import Any, ParamSpec, TypeVar

from asgiref.sync import sync_to_async
from django.db import Error

from viber_messaging.logs.database_errors import TABLES_MISSING, first_line, lacks_migrations

P = ParamSpec("P")
T = TypeVar("T")


def without_locals(function: Callable[P, T]) -> Callable[P, T]:
    """Make a function a border: its exceptions show no locals of the frames below, and no database rows."""

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> T:
        outer = sys.exc_info()[1]
        try:
            return function(*args, **kwargs)
        except Exception as error:
            # This frame is shown too.
            del args, kwargs
            empty(error, outer)
            raise

    call.is_border = True  # type: ignore[attr-defined]
    return call


def awaitable(function: Callable[P, T]) -> Callable[P, Coroutine[Any, Any, T]]:
    """Return the function for async code, as Django names it: it runs in a thread, and is a border as well."""

    async def call(*args: P.args, **kwargs: P.kwargs) -> T:
        outer = sys.exc_info()[1]
        try:
            return await sync_to_async(function)(*args, **kwargs)
        except Exception as error:
            # This frame, and those of asgiref, are shown too.
            del args, kwargs
            empty(error, outer)
            raise

    update_wrapper(call, function)
    call.__name__ = call.__qualname__ = f"a{function.__name__}"
    call.__doc__ = f"Do what ``{function.__name__}`` does, without blocking the event loop."
    return call


def empty(error: BaseException, outer: BaseException | None = None) -> None:
    """Clear the frames of an exception and its causes, up to ``outer``, which is not ours."""
    for linked in _chain(error, outer):
        traceback.clear_frames(linked.__traceback__)
        if isinstance(linked, Error):
            _say_what_to_do(linked)
            _forget_rows(linked)


def _say_what_to_do(error: Error) -> None:
    """Begin the message with what a developer has to do if the database lacks a table or column."""
    if lacks_migrations(error) and TABLES_MISSING not in str(error):
        error.args = (f"{TABLES_MISSING} ({first_line(error)})",)


def _forget_rows(error: Error) -> None:
    """Keep only the first line of a database's message: in the others, PostgreSQL shows the row with phone and text."""
    for linked in filter(None, (error, error.__cause__)):
        linked.args = tuple(_without_row(said) if isinstance(said, str) else said for said in linked.args)


def _without_row(said: str) -> str:
    """Remove the values that MySQL and MariaDB quote, as in ``Duplicate entry '…' for key 'phone'``."""
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
