"""Breaking the package wherever it holds something that nobody may read: found by watching it, not by a list."""

import sys
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, TypeAlias

from django.db.models import Manager, QuerySet

import viber_messaging
from viber_messaging.logs import tracebacks

HOME = str(Path(viber_messaging.__file__).parent)
BORDER = tracebacks.__file__
Spot: TypeAlias = tuple[CodeType, int]
"""A function of the package, and the first of its lines at which its locals show a canary."""


class Bug(Exception):
    """What nobody foresaw."""


def spots(run: Callable[[], object], canaries: Collection[str]) -> list[Spot]:
    """Return the functions of the package in which a canary can be seen while this runs."""
    found: dict[CodeType, int] = {}

    def look(frame: FrameType, event: str, _argument: Any) -> Any:
        code = frame.f_code
        if code in found:
            return None
        if event == "line" and _shows(frame.f_locals, canaries):
            found[code] = frame.f_lineno
        return look

    with _watching(look):
        run()
    return list(found.items())


@contextmanager
def broken(spot: Spot) -> Iterator[None]:
    """Let the package fail at this spot, once."""

    def fail(frame: FrameType, event: str, _argument: Any) -> Any:
        if (frame.f_code, frame.f_lineno) == spot and event == "line":
            raise Bug("a bug in a library")
        return fail

    with _watching(fail, only=spot[0]):
        yield


@contextmanager
def _watching(watch: Any, only: CodeType | None = None) -> Iterator[None]:
    def enter(frame: FrameType, _event: str, _argument: Any) -> Any:
        code = frame.f_code
        is_watched = code is only if only else code.co_filename.startswith(HOME) and code.co_filename != BORDER
        return watch if is_watched else None

    before = sys.gettrace()
    sys.settrace(enter)
    try:
        yield
    finally:
        sys.settrace(before)


def _shows(values: Mapping[str, Any], canaries: Collection[str]) -> bool:
    return any(canary in shown for shown in map(_shown, values.values()) for canary in canaries)


def _shown(value: Any) -> str:
    """Return what a page would print of a value. One that asks the database would change what is watched."""
    if isinstance(value, QuerySet | Manager):
        return ""
    try:
        return repr(value)
    except Exception:  # noqa: BLE001 (of a value half made, anything)
        return ""
