"""Nudges through Celery: what stands in them, and how long a broker may keep a request waiting."""

import json
import threading
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from celery import Celery
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone
from kombu.exceptions import OperationalError

from tests.moments import Moments
from viber_messaging import tasks
from viber_messaging.models import Message
from viber_messaging.sandbox import Sandbox
from viber_messaging.states import MessageState

CeleryMaker = Callable[..., Celery]
BROKERS = ["redis://127.0.0.1:{port}/0", "amqp://guest:guest@127.0.0.1:{port}//"]


@pytest.fixture(params=BROKERS, ids=["redis", "amqp"])
def broker(request: pytest.FixtureRequest) -> str:
    if request.param.startswith("redis"):
        pytest.importorskip("redis")
    return str(request.param)


def nudges_in(app: Celery) -> list[Any]:
    found = []
    with app.connection_for_read() as connection, connection.SimpleQueue(app.conf.task_default_queue) as queue:
        while len(queue):
            found.append(queue.get(timeout=1))
            found[-1].ack()
    return found


def test_a_nudge_says_that_there_is_work_and_nothing_else(celery_site: CeleryMaker):
    app = celery_site("memory://", task_default_queue="nudge-alone")
    tasks.enqueue_with_celery()
    (nudge,) = nudges_in(app)
    assert nudge.headers["task"] == "viber_messaging.run_due"
    assert json.loads(nudge.body)[:2] == [[], {}]
    assert (nudge.headers["argsrepr"], nudge.headers["kwargsrepr"]) == ("()", "{}")


def test_a_saved_message_leaves_no_word_of_its_own_with_the_broker(
    gateway: Sandbox, configure: Callable[..., None], celery_site: CeleryMaker, make_message: Callable[..., Message]
):
    configure(DISPATCH="celery")
    app = celery_site("memory://", task_default_queue="nudge-of-a-message")
    message = make_message(text="A very secret text")
    (nudge,) = nudges_in(app)
    told = f"{nudge.body}{nudge.headers}{nudge.properties}"
    for secret in (message.text, message.phone.lstrip("+"), str(message.reference), gateway.key, message.sender):
        assert secret not in told


def test_a_thread_of_the_site_nudges_through_the_site_s_celery(celery_site: CeleryMaker):
    app = celery_site("memory://", task_default_queue="nudge-of-a-thread")
    app.set_default()
    thread = threading.Thread(target=tasks.enqueue_with_celery)
    thread.start()
    thread.join()
    assert len(nudges_in(app)) == 1


@pytest.fixture
def naps(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Write down how long Celery's messaging library waits before it tries once more."""
    taken: list[float] = []
    monkeypatch.setattr("kombu.utils.functional.sleep", taken.append)
    return taken


def test_a_broker_that_is_down_keeps_nobody_waiting(
    celery_site: CeleryMaker, broker: str, closed_port: int, naps: list[float]
):
    celery_site(broker.format(port=closed_port))
    with pytest.raises(OperationalError):
        tasks.enqueue_with_celery()
    assert naps == []


def test_a_broker_that_never_answers_is_left_after_the_time_that_a_nudge_has(
    celery_site: CeleryMaker, silent_port: int, moments: Moments
):
    moments.set("seconds a nudge may take", 0.2)
    celery_site(f"amqp://guest:guest@127.0.0.1:{silent_port}//")
    with pytest.raises(TimeoutError):
        tasks.enqueue_with_celery()


def test_each_broker_of_a_list_is_tried_once(celery_site: CeleryMaker, closed_port: int):
    app = celery_site(f"amqp://guest:guest@127.0.0.1:{closed_port}//;amqp://guest:guest@localhost:{closed_port}//")
    with app.connection_for_write() as connection:
        assert tasks._impatience(connection) == {"max_retries": 1}


def test_a_nudge_that_hangs_is_left_alone_and_no_other_joins_it(celery_site: CeleryMaker, moments: Moments):
    celery_site("memory://")
    answers = threading.Event()
    calls: list[object] = []
    moments.replace("the publishing of a nudge", lambda task: (calls.append(task), answers.wait(10)))
    moments.set("seconds a nudge may take", 0.05)
    for _ in range(3):
        with pytest.raises(TimeoutError):
            tasks.enqueue_with_celery()
    assert len(calls) == 1
    (hanging,) = tasks._silent
    answers.set()
    hanging.join(5)
    tasks.enqueue_with_celery()
    assert len(calls) == 2


def test_without_celery_the_nudge_says_what_to_install(moments: Moments):
    moments.set("Celery's task", None)
    with pytest.raises(ImproperlyConfigured, match=r"pip install 'django-viber-messaging\[celery\]'"):
        tasks.enqueue_with_celery()


def test_without_django_tasks_the_nudge_says_what_to_install(moments: Moments):
    moments.set("Django's task", None)
    with pytest.raises(ImproperlyConfigured, match=r"pip install 'django-viber-messaging\[tasks\]'"):
        tasks.enqueue_with_django()


def test_twenty_nudges_of_each_kind_with_nothing_due_ask_the_gateway_nothing(
    gateway: Sandbox, celery_site: CeleryMaker, make_message: Callable[..., Message]
):
    celery_site("memory://", task_always_eager=True)
    with time_machine.travel(timezone.now(), tick=False):
        message = make_message()
        tasks.enqueue_with_celery()
        tasks.enqueue_with_celery()
        asked = gateway.request_count
        for _ in range(20):
            tasks.enqueue_with_celery()
            tasks.enqueue_with_django()
    message.refresh_from_db()
    assert (message.state, gateway.times_accepted(message.reference)) == (MessageState.ACCEPTED, 1)
    assert gateway.request_count == asked
