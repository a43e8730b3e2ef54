"""Nudges: announce after the commit, in the way that DISPATCH names, that there is something to send."""

import itertools
import logging
import threading
from collections.abc import Callable, Sequence
from types import ModuleType

from django.db import transaction

from viber_messaging.conf import conf
from viber_messaging.delivery.interruption import is_time_limit
from viber_messaging.delivery.queue import moves
from viber_messaging.delivery.runs import worker
from viber_messaging.delivery.storage import tables
from viber_messaging.logs.database_errors import first_line
from viber_messaging.logs.facts import facts
from viber_messaging.logs.tracebacks import without_locals

logger = logging.getLogger(__name__)


class _Ticks(threading.local):
    """Counts events in this thread: a nudge covers everything that the thread saved before it."""

    def __init__(self) -> None:
        self.count = itertools.count(1)
        self.last_nudge = 0


_ticks = _Ticks()


class Nudge:
    """What is done after the commit: announce these messages, send them or ask others to, and call ``then``."""

    def __init__(self, pks: Sequence[int], *, announced: bool, then: Callable[[], None] | None) -> None:
        self.pks = list(pks)
        self.tick = next(_ticks.count)
        self.is_done = False
        self._is_announced = announced
        self._then = then

    @without_locals
    def __call__(self) -> None:
        """Do it; a failure is logged and changes nothing."""
        self.is_done = True
        if not self._is_announced:
            _logging_failures(lambda: moves.announce_queued(self.pks), len(self.pks))
        _logging_failures(lambda: _NUDGES[conf.DISPATCH](self.pks, self.tick), len(self.pks))
        if self._then is not None:
            _logging_failures(self._then, len(self.pks))


def nudge_after_commit(pks: Sequence[int], *, announced: bool = False, then: Callable[[], None] | None = None) -> None:
    """Send these messages, or ask others to, after the transaction commits; at once if there is none.

    ``announced`` is true if ``message_queued`` is already handled; ``then`` is called at the end. A failed nudge is
    logged and changes nothing: the messages are queued, and a worker finds them.
    """
    nudge = Nudge(pks, announced=announced, then=then)
    if pks:
        # Not robust, because Django would swallow a task's time limit; other failures are logged here.
        transaction.on_commit(nudge, using=tables.alias())


def nudge_due() -> None:
    """Announce, after the commit, that something is due: a campaign was started or resumed."""
    transaction.on_commit(Nudge([], announced=True, then=None), using=tables.alias())


def _logging_failures(action: Callable[[], None], count: int) -> None:
    """Do a part of a nudge; log failures, because the commit is done. A task's time limit is passed on."""
    try:
        action()
    except Exception as error:
        if is_time_limit(error):
            raise
        name, line, extra = type(error).__name__, first_line(error), facts("nudge_failed", count=count)
        logger.error(
            "The nudge failed (%s: %s); %s messages are queued and wait for a worker.", name, line, count, extra=extra
        )
        logger.debug("How the nudge failed:", exc_info=True, extra=extra)


def _inline(pks: Sequence[int], tick: int) -> None:
    report = worker.run_inline(pks)
    logger.info("Sent inline: %s.", report, extra=facts("round_done", count=report.sent, states=report.as_states()))


def _tasks(pks: Sequence[int], tick: int) -> None:
    _once_a_transaction(tick, lambda: _task_queue().enqueue_with_django())


def _celery(pks: Sequence[int], tick: int) -> None:
    _once_a_transaction(tick, lambda: _task_queue().enqueue_with_celery())


def _task_queue() -> ModuleType:
    """Return the module of the tasks."""
    # Imported on first use: it imports Celery wherever that is installed, whatever DISPATCH says.
    from viber_messaging import tasks

    return tasks


def _once_a_transaction(tick: int, enqueue: Callable[[], None]) -> None:
    """Enqueue unless this thread did, or tried to, since the save, so that a thousand saves enqueue only once."""
    if tick > _ticks.last_nudge:
        _ticks.last_nudge = next(_ticks.count)
        enqueue()


def _nothing(pks: Sequence[int], tick: int) -> None:
    """Leave it to viber_worker."""


_NUDGES: dict[str, Callable[[Sequence[int], int], None]] = {
    "inline": _inline,
    "tasks": _tasks,
    "celery": _celery,
    "worker": _nothing,
}
