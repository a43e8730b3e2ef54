"""One run at a time in a thread.

What a listener sends while a run is under way is left to that run, and not sent inside it: a listener that answers
each message by another one would else go ever deeper.
"""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager


class Run:
    """What listeners left to a run."""

    def __init__(self) -> None:
        self.left: list[int] = []
        self.is_asked_again = False

    def take(self, limit: int) -> list[int]:
        """Return up to ``limit`` keys of messages that were left, the earliest first, and forget them."""
        taken, self.left = self.left[:limit], self.left[limit:]
        return taken


class _Thread(threading.local):
    run: Run | None = None


_thread = _Thread()


@contextmanager
def run() -> Iterator[Run]:
    """Be the run of this thread."""
    _thread.run = Run()
    try:
        yield _thread.run
    finally:
        _thread.run = None


def leave(pks: Sequence[int]) -> bool:
    """Leave these messages to the run that is under way in this thread; tell whether there is one."""
    if _thread.run is None:
        return False
    _thread.run.left.extend(pks)
    _thread.run.is_asked_again = True
    return True
