"""The functions for async code, as a site under ASGI calls them."""

import asyncio
import inspect
import json
from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from asgiref.testing import ApplicationCommunicator
from django.core.asgi import get_asgi_application
from django.core.exceptions import ValidationError
from django.db import connections
from django.http import HttpRequest, JsonResponse
from django.urls import path

from viber_messaging import api
from viber_messaging.models import Message
from viber_messaging.sandbox import Sandbox

PHONE = "+380971234567"


async def send(request: HttpRequest) -> JsonResponse:
    """An async view of a site."""
    try:
        message = await api.asend_message(PHONE, request.GET["text"], key=request.GET.get("key"), sender="SMSTest")
    except ValidationError as error:
        return JsonResponse(error.message_dict, status=400)
    return JsonResponse({"state": message.state, "msg_id": message.msg_id, "pk": message.pk})


async def send_many(request: HttpRequest) -> JsonResponse:
    messages = [Message(phone=PHONE, text=f"Hello {number}", sender="SMSTest") for number in range(3)]
    return JsonResponse({"count": await api.asend_messages(messages)})


async def ask(request: HttpRequest) -> JsonResponse:
    balance = await api.aget_balance()
    return JsonResponse({"amount": str(balance.amount), "currency": balance.currency})


urlpatterns = [path("send/", send), path("send-many/", send_many), path("balance/", ask)]


@pytest.fixture
def site(gateway: Sandbox, configure: Callable[..., None], settings: Any, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    settings.ROOT_URLCONF = __name__
    # Each request has a thread of its own: its connection is closed with it.
    monkeypatch.setitem(connections.settings["default"], "CONN_MAX_AGE", 0)
    configure(DISPATCH="inline")
    return gateway


async def get(address: str, query: str = "") -> tuple[int, Any]:
    """Ask the site's ASGI application, as a server of Django's does."""
    scope = {
        "type": "http", "http_version": "1.1", "method": "GET", "path": address, "query_string": query.encode(),
        "headers": [(b"host", b"testserver")],
    }  # fmt: skip
    asked = ApplicationCommunicator(get_asgi_application(), scope)
    await asked.send_input({"type": "http.request"})
    start, body = await asked.receive_output(10), await asked.receive_output(10)
    await asked.wait(10)
    return start["status"], json.loads(body["body"])


def test_an_async_view_sends_a_message(site: Sandbox):
    status, answer = async_to_sync(get)("/send/", "text=Ready")
    message = Message.objects.get()
    assert (status, answer["state"], answer["msg_id"]) == (200, "accepted", message.msg_id)
    assert site.accepted[message.reference].text == "Ready"


def test_an_async_view_is_told_by_field(site: Sandbox):
    status, answer = async_to_sync(get)("/send/", "text=")
    assert (status, list(answer)) == (400, ["text"])
    assert not Message.objects.exists()


def test_an_async_view_sends_many(site: Sandbox):
    assert async_to_sync(get)("/send-many/") == (200, {"count": 3})
    assert len(site.accepted) == 3


def test_an_async_view_asks_for_the_balance(site: Sandbox):
    status, answer = async_to_sync(get)("/balance/")
    assert (status, answer["currency"]) == (200, "UAH")


def test_requests_at_once_with_one_key_send_one_message(site: Sandbox):
    async def twice() -> list[tuple[int, Any]]:
        return await asyncio.gather(*(get("/send/", "text=Ready&key=order-42") for _ in range(4)))

    answers = async_to_sync(twice)()
    assert {status for status, _ in answers} == {200}
    assert len({answer["pk"] for _, answer in answers}) == 1
    assert len(site.accepted) == 1


def test_the_event_loop_goes_on_while_the_gateway_is_slow(site: Sandbox, configure: Callable[..., None]):
    site.fail_next("slow")  # for 0.2 s

    async def count_meanwhile() -> int:
        sending = asyncio.ensure_future(get("/send/", "text=Ready"))
        turns = 0
        while not sending.done():
            await asyncio.sleep(0.01)
            turns += 1
        assert (await sending)[1]["state"] == "accepted"
        return turns

    assert async_to_sync(count_meanwhile)() > 5


def test_an_error_keeps_its_class_and_shows_no_locals(site: Sandbox):
    async def fail() -> None:
        await api.asend_message("12", "Ready", sender="SMSTest")

    with pytest.raises(ValidationError) as caught:
        async_to_sync(fail)()
    trace, shown = caught.value.__traceback__, list[str]()
    while trace is not None:
        code = trace.tb_frame.f_code
        if "viber_messaging/" in code.co_filename or "asgiref" in code.co_filename:
            shown += [str(value) for value in trace.tb_frame.f_locals.values()]
        trace = trace.tb_next
    assert not [value for value in shown if "Ready" in value]


@pytest.mark.parametrize("name", ["send_message", "send_messages", "get_balance"])
def test_each_has_the_signature_of_its_synchronous_twin(name: str):
    sync, twin = getattr(api, name), getattr(api, f"a{name}")
    assert inspect.iscoroutinefunction(twin)
    assert inspect.signature(twin).parameters == inspect.signature(sync).parameters
    assert (twin.__name__, f"a{name}" in api.__all__) == (f"a{name}", True)
    assert name in twin.__doc__
