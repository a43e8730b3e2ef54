"""Bounds of the work on one input: steps, time and memory may grow with its size, and no faster."""

import signal
import sys
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from tests.fuzz.target import Target

SECONDS, SECONDS_PER_BYTE = 2.0, 100e-6
"""Of CPU, under a fuzzer that watches every line; what grows as the square of the size takes longer soon enough."""
STEPS, STEPS_PER_BYTE = 1_000_000, 400
"""Calls of functions."""
MEMORY_BYTES, MEMORY_PER_BYTE = 8 * 1024**2, 200


class TooSlow(BaseException):
    """Raised in the midst of a reading that takes too much time; no reader that expects any error can catch it."""


def read_in_time(target: Target, content: bytes) -> None:
    """Read an input; raise TooSlow if this takes too much time."""
    allowed = SECONDS + SECONDS_PER_BYTE * target.size(content)

    def stop(*_signal: Any) -> None:
        raise TooSlow(f"{target.name}: more than {allowed:.1f} seconds of CPU for {len(content)} bytes.")

    outer = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, allowed)
    try:
        target.read(content)
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, outer)


def steps_of(read: Callable[[bytes], object], content: bytes) -> int:
    """Return how many functions are called while an input is read."""
    count = 0

    def add_call(_frame: Any, event: str, _argument: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    outer = sys.getprofile()
    sys.setprofile(add_call)
    try:
        read(content)
    finally:
        sys.setprofile(outer)
    return count


@contextmanager
def bounded_memory(size: int) -> Iterator[None]:
    """Raise AssertionError if the block needs too much memory for an input of this size."""
    tracemalloc.start()
    try:
        yield
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    allowed = MEMORY_BYTES + MEMORY_PER_BYTE * size
    assert peak <= allowed, f"{peak} bytes of memory for an input of {size}."
