"""The way to send, and what it needs from the site."""

import importlib.util
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.conf import settings
from django.test import override_settings

from tests.checks.asking import RIGHT, ids_of, messages_of
from tests.moments import Moments


@contextmanager
def database(**values: Any) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(settings.DATABASES, "default", values)
        yield


@pytest.fixture
def without(moments: Moments) -> Any:
    """Return a function that makes modules look as if they were not installed."""
    real = importlib.util.find_spec

    def hide(*names: str) -> None:
        def find_spec(name: str, package: str | None = None) -> object:
            if name in names:
                raise ModuleNotFoundError(name)
            return real(name, package)

        moments.replace("the look for a module", find_spec, must_come=False)

    return hide


@pytest.mark.parametrize("wrong", ["Tasks", "task", " tasks"])
def test_an_unknown_dispatch_is_told_with_the_nearest_right_one(wrong: str) -> None:
    (message,) = messages_of(RIGHT | {"DISPATCH": wrong})
    assert message.id == "viber_messaging.E007"
    assert "'tasks'" in str(message.hint)


@pytest.mark.parametrize("wrong", [None, 5, "", "carrier pigeon", ["inline"]])
def test_a_dispatch_like_no_other_is_told_with_all_of_them(wrong: object) -> None:
    (message,) = messages_of(RIGHT | {"DISPATCH": wrong})
    assert message.id == "viber_messaging.E007"
    assert all(word in str(message.hint) for word in ("inline", "tasks", "celery", "worker"))


@pytest.mark.parametrize("dispatch", ["inline", "worker", "celery"])
def test_a_known_dispatch_passes(dispatch: str) -> None:
    with database(ENGINE="django.db.backends.postgresql"):
        assert ids_of(RIGHT | {"DISPATCH": dispatch}) == []


def test_tasks_without_their_library_are_an_error_that_names_the_extra(without: Any) -> None:
    without("django.tasks", "django_tasks")
    (message,) = messages_of(RIGHT | {"DISPATCH": "tasks"})
    assert message.id == "viber_messaging.E008"
    assert "pip install 'django-viber-messaging[tasks]'" in str(message.hint)


def test_celery_that_is_not_installed_is_an_error_that_names_the_extra(without: Any) -> None:
    without("celery")
    (message,) = messages_of(RIGHT | {"DISPATCH": "celery"})
    assert message.id == "viber_messaging.E010"
    assert "pip install 'django-viber-messaging[celery]'" in str(message.hint)


def test_what_another_dispatch_needs_may_be_missing(without: Any) -> None:
    without("celery", "django.tasks", "django_tasks")
    assert ids_of(RIGHT | {"DISPATCH": "worker"}) == []


@pytest.mark.parametrize("library", ["django.tasks", "django_tasks"])
@pytest.mark.parametrize(
    ("backend", "expected"),
    [
        ("backends.immediate.ImmediateBackend", ["W006"]),
        ("backends.dummy.DummyBackend", ["E009"]),
        ("backends.database.DatabaseBackend", []),
    ],
)
def test_a_task_backend_must_run_tasks_elsewhere(library: str, backend: str, expected: list[str]) -> None:
    with override_settings(TASKS={"default": {"BACKEND": f"{library}.{backend}"}}):
        assert ids_of(RIGHT | {"DISPATCH": "tasks"}) == expected
        assert ids_of(RIGHT) == []


@pytest.mark.parametrize("tasks", [None, {}])
def test_without_tasks_in_the_settings_the_backend_is_the_immediate_one(tasks: object) -> None:
    with override_settings(TASKS=tasks):
        assert ids_of(RIGHT | {"DISPATCH": "tasks"}) == ["W006"]


@pytest.mark.parametrize("tasks", [5, {"default": None}, {"other": {}}, {"default": {"BACKEND": None}}])
def test_tasks_that_make_no_sense_are_left_to_their_own_check(tasks: object) -> None:
    with override_settings(TASKS=tasks):
        assert ids_of(RIGHT | {"DISPATCH": "tasks"}) == []


@pytest.mark.parametrize(("queues", "expected"), [(["mail"], ["E013"]), (["mail", "default"], []), ([], [])])
def test_a_task_backend_must_know_the_queue(queues: list[str], expected: list[str]) -> None:
    with override_settings(TASKS={"default": {"BACKEND": "a.DatabaseBackend", "QUEUES": queues}}):
        assert ids_of(RIGHT | {"DISPATCH": "tasks"}) == expected


@pytest.mark.parametrize("options", [{}, {"transaction_mode": "IMMEDIATE"}, {"timeout": 20}, None])
def test_workers_on_an_sqlite_that_does_not_wait_are_a_warning(options: dict[str, Any] | None) -> None:
    with database(ENGINE="django.db.backends.sqlite3", OPTIONS=options):
        (message,) = messages_of(RIGHT | {"DISPATCH": "worker"})
        assert message.id == "viber_messaging.W009"
        assert '"OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20}' in str(message.hint)
        assert ids_of(RIGHT) == []


def test_a_worker_beside_a_web_server_on_such_an_sqlite_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["manage.py", "viber_worker"])
    with database(ENGINE="django.db.backends.sqlite3"):
        assert ids_of(RIGHT) == ["W009"]


@pytest.mark.parametrize("mode", ["IMMEDIATE", "immediate", "EXCLUSIVE"])
def test_workers_on_an_sqlite_that_waits_pass(mode: str) -> None:
    with database(ENGINE="django.db.backends.sqlite3", OPTIONS={"transaction_mode": mode, "timeout": 20}):
        assert ids_of(RIGHT | {"DISPATCH": "worker"}) == []
