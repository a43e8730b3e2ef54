"""Checks of DISPATCH, and of what it needs from the site."""

import json
from collections.abc import Mapping
from importlib.util import find_spec
from typing import Any, get_args

from django.conf import settings
from django.core import checks

from viber_messaging.checks.messages import TAG, complaint
from viber_messaging.checks.setting_readers import arguments, nearest, readable, written
from viber_messaging.conf import Conf, Dispatch
from viber_messaging.delivery.storage import tables

INSTALL = "Install it with: pip install 'django-viber-messaging[{extra}]'"
TASK_LIBRARIES = ("django.tasks", "django_tasks")
SQLITE_OPTIONS = {"transaction_mode": "IMMEDIATE", "timeout": 20}
BACKEND_HINT = "Set TASKS['default']['BACKEND'] to a backend with workers, or choose another DISPATCH."

WRONG_WORD = complaint("E007", "{what_is_wrong}", hint=f"Set it to {Conf.DISPATCH.expectation}.")
NO_TASKS = complaint(
    "E008",
    "DISPATCH is 'tasks', but this Django has no django.tasks and django-tasks is not installed.",
    hint=INSTALL.format(extra="tasks"),
)
DUMMY_BACKEND = complaint(
    "E009", "DISPATCH is 'tasks' with the dummy backend: no message will ever be sent.", hint=BACKEND_HINT
)
NO_CELERY = complaint("E010", "DISPATCH is 'celery', but Celery is not installed.", hint=INSTALL.format(extra="celery"))
NO_QUEUE = complaint(
    "E013",
    "DISPATCH is 'tasks', but TASKS['default']['QUEUES'] does not contain the queue 'default'.",
    hint="Add 'default' to the queues.",
)
IMMEDIATE_BACKEND = complaint(
    "W006", "DISPATCH is 'tasks' with the immediate backend: sends run inside the web request.", hint=BACKEND_HINT
)
IMPATIENT_SQLITE = complaint(
    "W009",
    "Workers that share this SQLite database will fail with 'database is locked'.",
    hint='Set in DATABASES["{alias}"]: "OPTIONS": {options}',
)


@checks.register(TAG)
def check_dispatch(**kwargs: Any) -> list[checks.CheckMessage]:
    """E007: DISPATCH is one of its allowed values."""
    values = written()
    if values is None or readable(Conf.DISPATCH) is not None:
        return []
    value = values["DISPATCH"]
    meant = nearest(value, list(get_args(Dispatch))) if isinstance(value, str) else None
    hint = f"Did you mean '{meant}'?" if meant else ""
    return [WRONG_WORD(what_is_wrong=Conf.DISPATCH.complaint("VIBER_MESSAGING['DISPATCH']", value), hint=hint)]


@checks.register(TAG)
def check_tasks(**kwargs: Any) -> list[checks.CheckMessage]:
    """E008: the tasks framework that DISPATCH requires is installed."""
    if readable(Conf.DISPATCH) != "tasks" or any(map(is_installed, TASK_LIBRARIES)):
        return []
    return [NO_TASKS()]


@checks.register(TAG)
def check_task_backend(**kwargs: Any) -> list[checks.CheckMessage]:
    """W006, E009, E013: the default backend of TASKS runs our task outside the web request."""
    if readable(Conf.DISPATCH) != "tasks" or check_tasks():
        return []
    options = task_options()
    backend = str(options.get("BACKEND", ""))
    if backend.endswith(".ImmediateBackend"):
        return [IMMEDIATE_BACKEND()]
    if backend.endswith(".DummyBackend"):
        return [DUMMY_BACKEND()]
    return check_queue(options)


def check_queue(options: Mapping[str, object]) -> list[checks.CheckMessage]:
    """E013: the backend knows the queue of our task."""
    queues = options.get("QUEUES", ["default"])
    if not isinstance(queues, list | tuple | set | frozenset) or not queues or "default" in queues:
        return []
    return [NO_QUEUE()]


@checks.register(TAG)
def check_celery(**kwargs: Any) -> list[checks.CheckMessage]:
    """E010: Celery is installed if DISPATCH requires it."""
    if readable(Conf.DISPATCH) != "celery" or is_installed("celery"):
        return []
    return [NO_CELERY()]


@checks.register(TAG)
def check_sqlite(**kwargs: Any) -> list[checks.CheckMessage]:
    """W009: SQLite waits for locks instead of failing if several processes write."""
    alias = tables.alias()
    database = settings.DATABASES.get(alias, {})
    if not has_workers() or "sqlite" not in database.get("ENGINE", "") or waits(database):
        return []
    return [IMPATIENT_SQLITE(alias=alias, options=json.dumps(SQLITE_OPTIONS))]


def has_workers() -> bool:
    """Return whether other processes send: because DISPATCH says so, or because this is one, beside a web server."""
    return readable(Conf.DISPATCH) not in {None, "inline"} or arguments()[:1] == ["viber_worker"]


def waits(database: Mapping[str, Any]) -> bool:
    """Return whether transactions take their lock at the start, and wait for it longer than the default 5 s."""
    options = database.get("OPTIONS") or {}
    return str(options.get("transaction_mode")).upper() in {"IMMEDIATE", "EXCLUSIVE"} and "timeout" in options


def task_options() -> Mapping[str, object]:
    """Return the default entry of TASKS; without one, both libraries use the immediate backend."""
    tasks = getattr(settings, "TASKS", None) or {"default": {"BACKEND": ".ImmediateBackend"}}
    options = tasks.get("default") if isinstance(tasks, Mapping) else None
    return options if isinstance(options, Mapping) else {}


def is_installed(module: str) -> bool:
    """Return whether ``module`` can be imported, without importing it."""
    try:
        return find_spec(module) is not None
    except (ImportError, ValueError):
        return False
