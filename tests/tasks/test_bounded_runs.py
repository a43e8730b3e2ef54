"""A run through a task queue ends before the queue's time limit does, and asks for another if there is more to do."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from celery import Celery

from tests import doors
from tests.moments import Moments
from viber_messaging import tasks
from viber_messaging.models import Message
from viber_messaging.sandbox import Sandbox
from viber_messaging.states import MessageState

MakeMessage = Callable[..., Message]


@pytest.fixture
def nudges(moments: Moments) -> list[int]:
    """Count the nudges, which nobody follows."""
    found = list[int]()
    moments.replace("the nudge by Celery", lambda: found.append(1), must_come=False)
    moments.replace("the nudge by Django's tasks", lambda: found.append(1), must_come=False)
    return found


@pytest.fixture
def late(gateway: Sandbox, configure: Callable[..., None], moments: Moments) -> Sandbox:
    """A gateway whose first answer comes when the run is at its end."""
    configure(PACKAGE_SIZE=1)
    clock = SimpleNamespace(monotonic=lambda: 3600.0 if gateway.request_count else 0.0)
    moments.set("the clock of tasks", clock)
    return gateway


def run_with_celery() -> None:
    tasks.run_due_celery()


def run_with_django() -> None:
    getattr(tasks.run_due, "func", tasks.run_due)()


RUNS = pytest.mark.parametrize("run", [run_with_celery, run_with_django])


@RUNS
def test_a_run_that_is_late_asks_for_another(
    late: Sandbox, make_message: MakeMessage, nudges: list[int], run: Callable[[], None]
):
    for _ in range(3):
        make_message()
    run()
    assert nudges == [1]
    assert Message.objects.filter(state=MessageState.QUEUED).count() == 2
    assert not Message.objects.filter(state=MessageState.SENDING).exists()


@RUNS
def test_a_run_that_is_done_asks_for_none(
    gateway: Sandbox, make_message: MakeMessage, nudges: list[int], run: Callable[[], None]
):
    make_message()
    run()
    assert nudges == []


@pytest.mark.parametrize("scenario", ["error-212", "error-202"])
def test_a_run_that_ends_with_a_pause_asks_for_none(
    late: Sandbox, make_message: MakeMessage, nudges: list[int], scenario: str
):
    make_message()
    late.fail_all(scenario)
    for _ in range(3):
        run_with_celery()
    assert nudges == []


def test_while_a_person_holds_all_no_run_asks_for_another(late: Sandbox, make_message: MakeMessage, nudges: list[int]):
    make_message()
    doors.stop_all()
    run_with_celery()
    assert nudges == []


def test_a_run_that_did_nothing_asks_for_none(gateway: Sandbox, nudges: list[int], moments: Moments):
    moments.set("seconds of the longest task", 0.0)
    run_with_celery()
    assert nudges == []


def test_a_broker_that_is_away_by_then_costs_the_run_nothing(
    late: Sandbox,
    make_message: MakeMessage,
    nudges: list[int],
    moments: Moments,
    caplog: pytest.LogCaptureFixture,
):
    def fail() -> None:
        raise OSError("away")

    moments.replace("the nudge by Celery", fail)
    for _ in range(2):
        make_message()
    run_with_celery()
    assert "nudge_failed" in {getattr(record, "viber_event", "") for record in caplog.records}


def test_a_queue_that_runs_its_tasks_at_once_nests_no_run(
    late: Sandbox, make_message: MakeMessage, celery_site: Callable[..., Celery]
):
    celery_site("memory://", task_always_eager=True, task_eager_propagates=True)
    for _ in range(3):
        make_message()
    tasks.enqueue_with_celery()
    assert Message.objects.filter(state=MessageState.QUEUED).count() == 2
