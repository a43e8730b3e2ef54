"""Checks of DISPATCH, and of what it needs from the site."""

import json
from collections.abc import Mapping
from importlib.util import find_spec
from typing import Any, get_args

from django.conf import settings
from django.core import checks
from django.db import router

from viber_messaging.checks.reading import TAG, nearest, readable, written
from viber_messaging.conf import Conf, Dispatch
from viber_messaging.models import Message

INSTALL = "Install it with: pip install 'django-viber-messaging[{extra}]'"
TASK_LIBRARIES = ("django.tasks", "django_tasks")
SQLITE_OPTIONS = {"transaction_mode": "IMMEDIATE", "timeout": 20}


@checks.register(TAG)
def check_dispatch(**kwargs: Any) -> list[checks.CheckMessage]:
    """E007: DISPATCH is one of its words."""
    values = written()
    if values is None or readable(Conf.DISPATCH) is not None:
        return []
    value = values["DISPATCH"]
    meant = nearest(value, list(get_args(Dispatch))) if isinstance(value, str) else None
    hint = f"Did you mean '{meant}'?" if meant else f"Write {Conf.DISPATCH.expectation}."
    return [checks.Error(Conf.DISPATCH.complaint("VIBER_MESSAGING['DISPATCH']", value), hint=hint, id=f"{TAG}.E007")]


@checks.register(TAG)
def check_tasks(**kwargs: Any) -> list[checks.CheckMessage]:
    """E008: the tasks framework that DISPATCH asks for is there."""
    if readable(Conf.DISPATCH) != "tasks" or any(map(is_installed, TASK_LIBRARIES)):
        return []
    message = "DISPATCH is 'tasks', but this Django has no django.tasks and django-tasks is not installed."
    return [checks.Error(message, hint=INSTALL.format(extra="tasks"), id=f"{TAG}.E008")]


@checks.register(TAG)
def check_task_backend(**kwargs: Any) -> list[checks.CheckMessage]:
    """W006, E009, E013: the default backend of TASKS runs our task, elsewhere than in the web request."""
    if readable(Conf.DISPATCH) != "tasks" or check_tasks():
        return []
    options = task_options()
    backend = str(options.get("BACKEND", ""))
    hint = "Name a backend with workers in TASKS['default']['BACKEND'], or choose another DISPATCH."
    if backend.endswith(".ImmediateBackend"):
        message = "DISPATCH is 'tasks' with the immediate backend: sends run inside the web request."
        return [checks.Warning(message, hint=hint, id=f"{TAG}.W006")]
    if backend.endswith(".DummyBackend"):
        message = "DISPATCH is 'tasks' with the dummy backend: nothing will ever be sent."
        return [checks.Error(message, hint=hint, id=f"{TAG}.E009")]
    return check_queue(options)


def check_queue(options: Mapping[str, object]) -> list[checks.CheckMessage]:
    """E013: the backend knows the queue of our task."""
    queues = options.get("QUEUES", ["default"])
    if not isinstance(queues, list | tuple | set | frozenset) or not queues or "default" in queues:
        return []
    message = "DISPATCH is 'tasks', but TASKS['default']['QUEUES'] lacks the queue 'default'."
    return [checks.Error(message, hint="Add 'default' to the queues.", id=f"{TAG}.E013")]


@checks.register(TAG)
def check_celery(**kwargs: Any) -> list[checks.CheckMessage]:
    """E010: the Celery that DISPATCH asks for is there."""
    if readable(Conf.DISPATCH) != "celery" or is_installed("celery"):
        return []
    message = "DISPATCH is 'celery', but Celery is not installed."
    return [checks.Error(message, hint=INSTALL.format(extra="celery"), id=f"{TAG}.E010")]


@checks.register(TAG)
def check_sqlite(**kwargs: Any) -> list[checks.CheckMessage]:
    """W009: SQLite waits for a lock instead of failing where several processes write."""
    alias = router.db_for_write(Message)
    database = settings.DATABASES.get(alias, {})
    if readable(Conf.DISPATCH) in {None, "inline"} or "sqlite" not in database.get("ENGINE", "") or waits(database):
        return []
    message = "Workers that share this SQLite database will fail with 'database is locked'."
    hint = f'Write in DATABASES["{alias}"]: "OPTIONS": {json.dumps(SQLITE_OPTIONS)}'
    return [checks.Warning(message, hint=hint, id=f"{TAG}.W009")]


def waits(database: Mapping[str, Any]) -> bool:
    """Tell whether a transaction takes its lock at the start, and waits for it longer than the usual 5 s."""
    options = database.get("OPTIONS") or {}
    return str(options.get("transaction_mode")).upper() in {"IMMEDIATE", "EXCLUSIVE"} and "timeout" in options


def task_options() -> Mapping[str, object]:
    """Return the default entry of TASKS; without one, both libraries use the immediate backend."""
    tasks = getattr(settings, "TASKS", None) or {"default": {"BACKEND": ".ImmediateBackend"}}
    options = tasks.get("default") if isinstance(tasks, Mapping) else None
    return options if isinstance(options, Mapping) else {}


def is_installed(module: str) -> bool:
    """Tell whether ``module`` can be imported, without importing it."""
    try:
        return find_spec(module) is not None
    except (ImportError, ValueError):
        return False
