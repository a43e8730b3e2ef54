"""Allow one run at a time in each thread.

Messages that a signal receiver sends during a run are left to that run, not sent inside it. Otherwise a receiver that
answers each message with another would recurse without end.
"""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager


class Run:
    """The messages that signal receivers left to a run."""

    def __init__(self) -> None:
        self.left: list[int] = []
        self.is_asked_again = False

    def take(self, limit: int) -> list[int]:
        """Remove and return up to ``limit`` keys of the messages left, earliest first."""
        taken, self.left = self.left[:limit], self.left[limit:]
        return taken


class _Thread(threading.local):
    run: Run | None = None


_thread = _Thread()


@contextmanager
def run() -> Iterator[Run]:
    """Register a run for this thread."""
    _thread.run = Run()
    try:
        yield _thread.run
    finally:
        _thread.run = None


def leave(pks: Sequence[int]) -> bool:
    """Leave these messages to the run under way in this thread; return whether there is one."""
    if _thread.run is None:
        return False
    _thread.run.left.extend(pks)
    _thread.run.is_asked_again = True
    return True
