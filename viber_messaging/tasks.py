"""Thin entry points for task queues. A task has no data of its own: it only says that work may be due."""

import logging
import threading
import time
from collections.abc import Callable
from importlib import import_module
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from viber_messaging.delivery.interruption import is_time_limit
from viber_messaging.delivery.runs import worker
from viber_messaging.logs.facts import facts

logger = logging.getLogger(__name__)

CONNECT_SECONDS = 1.0
"""The time limit for connecting to a broker; by default, Celery would try for six seconds in each request."""
ENQUEUE_SECONDS = 2.0
"""The time limit for a whole nudge: a broker may also fall silent later, or its DNS lookup may hang."""

LONGEST_RUN_SECONDS = 45.0
"""The time after which a run makes no further request: queues end tasks that run too long, often after a minute."""

_silent: list[threading.Thread] = []


def _optional(name: str, *modules: str) -> Any:
    """Return ``name`` from the first of these modules that is installed, or None."""
    for module in modules:
        try:
            return getattr(import_module(module), name)
        except ImportError:
            continue
    return None


shared_task = _optional("shared_task", "celery")
django_task = _optional("task", "django.tasks", "django_tasks")


class _Thread(threading.local):
    """Whether a run in this thread is asking for another: some queues run tasks at once, and runs must not nest."""

    is_nudging = False


_thread = _Thread()


def _run_due(nudge: Callable[[], None]) -> None:
    """Do what is due for LONGEST_RUN_SECONDS, then ask for another run if more is due."""
    if _thread.is_nudging:
        return
    ends_at = time.monotonic() + LONGEST_RUN_SECONDS
    report = worker.run_due(should_stop=lambda: time.monotonic() >= ends_at)
    extra = facts("round_done", count=report.sent, states=report.as_states())
    logger.info("Received a nudge; done: %s.", report, extra=extra)
    has_worked = bool(report.sent or report.asked or report.moved)
    if has_worked and not report.problem and time.monotonic() >= ends_at:
        _ask_for_another(nudge)


def _ask_for_another(nudge: Callable[[], None]) -> None:
    _thread.is_nudging = True
    try:
        nudge()
    except Exception as error:
        if is_time_limit(error):
            raise
        name = type(error).__name__
        logger.error("Another run could not be requested (%s).", name, extra=facts("nudge_failed"))
    finally:
        _thread.is_nudging = False


def _registered_with_django(function: Callable[[], None]) -> Any:
    """Make a task for django.tasks; keep the function if TASKS does not accept it, and let enqueueing say why."""
    if django_task is None:
        return function
    try:
        return django_task()(function)
    except Exception as error:
        logger.debug("django.tasks does not accept the task: %s", error, exc_info=True, extra=facts("task_refused"))
        return function


@_registered_with_django
def run_due() -> None:
    """Do what is due (django.tasks)."""
    _run_due(lambda: enqueue_with_django())


def _registered_with_celery(function: Callable[[], None]) -> Any:
    if shared_task is None:
        return None
    return shared_task(name="viber_messaging.run_due", ignore_result=True)(function)


@_registered_with_celery
def run_due_celery() -> None:
    """Do what is due (Celery)."""
    _run_due(lambda: enqueue_with_celery())


def enqueue_with_django() -> None:
    """Nudge through django.tasks. Raises ImproperlyConfigured without it, and its own errors if TASKS is wrong."""
    if django_task is None:
        raise ImproperlyConfigured(
            "DISPATCH is 'tasks', but django.tasks is not installed: pip install 'django-viber-messaging[tasks]'."
        )
    task = run_due if hasattr(run_due, "enqueue") else django_task()(run_due)
    task.enqueue()


def enqueue_with_celery() -> None:
    """Nudge through Celery within ENQUEUE_SECONDS, whatever the broker does.

    Raises ImproperlyConfigured without Celery, TimeoutError if the broker is silent, or else Celery's own errors.
    """
    if run_due_celery is None:
        raise ImproperlyConfigured(
            "DISPATCH is 'celery', but Celery is not installed: pip install 'django-viber-messaging[celery]'."
        )
    task = run_due_celery.app.tasks[run_due_celery.name]
    if task.app.conf.task_always_eager:
        task.apply()
    else:
        _within_seconds(ENQUEUE_SECONDS, lambda: _publish(task))


def _publish(task: Any) -> None:
    """Publish over a separate connection: one from the pool would wait longer, and may come from before a fork."""
    with task.app.connection_for_write(connect_timeout=CONNECT_SECONDS) as connection:
        connection.transport_options = {**connection.transport_options, **_impatience(connection)}
        task.apply_async(connection=connection, retry=False)


def _impatience(connection: Any) -> dict[str, float]:
    """Return the options with which each broker in the list is tried only once, and briefly."""
    options: dict[str, float] = {"max_retries": max(len(connection.alt) - 1, 0)}
    if connection.transport.driver_type == "redis":
        options |= {"socket_connect_timeout": CONNECT_SECONDS, "socket_timeout": CONNECT_SECONDS}
    return options


def _within_seconds(seconds: float, action: Callable[[], None]) -> None:
    """Call ``action`` in a thread and abandon it if it takes longer; start no other while one is still running."""
    _silent[:] = [thread for thread in _silent if thread.is_alive()]
    if _silent:
        raise TimeoutError("The broker has not answered an earlier nudge yet.")
    errors: list[Exception] = []
    thread = threading.Thread(target=_caught, args=(action, errors), name="viber_messaging.nudge", daemon=True)
    thread.start()
    thread.join(seconds)
    if thread.is_alive():
        _silent.append(thread)
        raise TimeoutError(f"The broker has not answered for {seconds:.0f} s.")
    if errors:
        raise errors[0]


def _caught(action: Callable[[], None], errors: list[Exception]) -> None:
    try:
        action()
    except Exception as error:  # noqa: BLE001 (it is raised in the thread that waits)
        errors.append(error)
