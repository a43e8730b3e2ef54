"""The nudge after the commit, as a request of the site meets it."""

import logging
from collections.abc import Callable
from typing import Any

import pytest
from celery import Celery
from django.core.management import call_command
from django.db import connections, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from tests.moments import Moments
from viber_messaging import tasks
from viber_messaging.models import Message
from viber_messaging.sandbox import Sandbox
from viber_messaging.states import MessageState

MakeMessage = Callable[..., Message]


def save(request: HttpRequest) -> HttpResponse:
    """A view of a site: it saves a few messages, and answers."""
    for _ in range(3):
        Message.objects.create(sender="SMSTest", phone="+380971234567", text="Привіт")
    assert transaction.get_connection().in_atomic_block
    return HttpResponse(status=201)


urlpatterns = [path("save/", save)]


@pytest.fixture
def site(client: Client, gateway: Sandbox, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Client:
    """A site with ATOMIC_REQUESTS whose view saves messages; what a view raises, the test sees."""
    settings.ROOT_URLCONF = __name__
    monkeypatch.setitem(connections.settings["default"], "ATOMIC_REQUESTS", True)
    return client


@pytest.fixture
def nudged(moments: Moments) -> list[str]:
    """Count the nudges instead of giving them."""
    given: list[str] = []
    moments.replace("the nudge by Django's tasks", lambda: given.append("tasks"), must_come=False)
    moments.replace("the nudge by Celery", lambda: given.append("celery"), must_come=False)
    return given


@pytest.fixture(params=["tasks", "celery"])
def immediate(
    request: pytest.FixtureRequest, configure: Callable[..., None], celery_site: Callable[..., Celery]
) -> str:
    """A task queue that runs a task where it is enqueued."""
    configure(DISPATCH=request.param)
    celery_site("memory://", task_always_eager=True)
    return str(request.param)


def test_an_immediate_backend_sends_after_the_commit_and_not_before(
    gateway: Sandbox, immediate: str, make_message: MakeMessage
):
    with transaction.atomic():
        message = make_message()
        assert gateway.request_count == 0
    assert gateway.times_accepted(message.reference) == 1


def test_an_immediate_backend_sends_nothing_that_is_rolled_back(
    gateway: Sandbox, immediate: str, make_message: MakeMessage
):
    with transaction.atomic():
        make_message()
        transaction.set_rollback(True)
    assert gateway.request_count == 0


def test_an_immediate_backend_serves_an_atomic_request(site: Client, gateway: Sandbox, immediate: str):
    assert site.post("/save/").status_code == 201
    assert [gateway.times_accepted(reference) for reference in gateway.accepted] == [1, 1, 1]


def test_hooks_run_inside_a_transaction_neither_send_nor_raise(
    gateway: Sandbox, immediate: str, make_message: MakeMessage, django_capture_on_commit_callbacks: Any
):
    with transaction.atomic():
        with django_capture_on_commit_callbacks(execute=True):
            message = make_message()
        assert gateway.request_count == 0
    message.refresh_from_db()
    assert message.state == MessageState.QUEUED


def test_a_message_is_what_the_database_says_whatever_became_of_the_task(
    gateway: Sandbox, immediate: str, monkeypatch: pytest.MonkeyPatch, make_message: MakeMessage
):
    with monkeypatch.context() as broken:
        broken.setattr(tasks.worker, "run_due", lambda: 1 / 0)
        message = make_message()
    message.refresh_from_db()
    assert message.state == MessageState.QUEUED
    call_command("viber_worker", once=True)
    assert gateway.times_accepted(message.reference) == 1


@pytest.mark.parametrize("dispatch", ["tasks", "celery"])
def test_a_transaction_nudges_once_however_many_it_saved(
    nudged: list[str], gateway: Sandbox, configure: Callable[..., None], make_message: MakeMessage, dispatch: str
):
    configure(DISPATCH=dispatch)
    for _ in range(2):
        with transaction.atomic():
            for _ in range(5):
                make_message()
    assert nudged == [dispatch, dispatch]
    make_message()
    make_message()
    assert nudged == [dispatch] * 4


def test_a_nudge_that_was_rolled_back_silences_no_other(
    nudged: list[str], gateway: Sandbox, configure: Callable[..., None], make_message: MakeMessage
):
    configure(DISPATCH="tasks")
    with transaction.atomic():
        with transaction.atomic():
            make_message()
            transaction.set_rollback(True)
        make_message()
    assert nudged == ["tasks"]


@pytest.mark.parametrize("dispatch", ["inline", "tasks", "celery"])
def test_a_nudge_that_fails_is_no_failure_of_the_site(
    site: Client,
    gateway: Sandbox,
    configure: Callable[..., None],
    moments: Moments,
    caplog: pytest.LogCaptureFixture,
    dispatch: str,
):
    def fail(*args: object, **kwargs: object) -> None:
        raise RuntimeError("the queue is on fire")

    configure(DISPATCH=dispatch)
    moments.replace("the nudge by Django's tasks", fail, must_come=False)
    moments.replace("the nudge by Celery", fail, must_come=False)
    moments.replace("sending inside a request", fail, must_come=False)
    assert site.post("/save/").status_code == 201
    assert set(Message.objects.values_list("state", flat=True)) == {MessageState.QUEUED}
    told = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert "RuntimeError: the queue is on fire" in told[0].getMessage()
    call_command("viber_worker", once=True)
    assert set(gateway.submissions.values()) == {1}
    assert len(gateway.accepted) == 3


def test_a_broker_that_is_down_costs_an_atomic_request_one_short_try(
    site: Client,
    gateway: Sandbox,
    configure: Callable[..., None],
    celery_site: Callable[..., Celery],
    closed_port: int,
    caplog: pytest.LogCaptureFixture,
):
    configure(DISPATCH="celery")
    celery_site(f"amqp://guest:guest@127.0.0.1:{closed_port}//")
    assert site.post("/save/").status_code == 201
    (told,) = [record.getMessage() for record in caplog.records if record.name == "viber_messaging.nudges"]
    assert told.startswith("The nudge failed (OperationalError: ")
    assert "guest" not in told
    call_command("viber_worker", once=True)
    assert len(gateway.accepted) == 3
