"""A site with USE_TZ = False: its times are naive, and the gateway is told the same moments all the same."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from tests import doors
from viber_messaging.api import send_message, send_messages
from viber_messaging.models import Connection, Message, Sender
from viber_messaging.sandbox import Sandbox
from viber_messaging.states import MessageState

MakeMessage = Callable[..., Message]


@pytest.fixture(autouse=True)
def _local_time(settings: Any) -> None:
    settings.USE_TZ = False


def in_an_hour() -> datetime:
    return (timezone.now() + timedelta(hours=1)).replace(second=0, microsecond=0)


def wall_time_of(gateway: Sandbox, message: Message) -> str:
    return str(gateway.accepted[message.reference].date_beg)


def test_a_message_is_sent_polled_and_its_times_stay_naive(gateway: Sandbox, make_message: MakeMessage, clock: Any):
    message = make_message()
    doors.work()
    clock.shift(60)
    doors.work()
    message.refresh_from_db()
    assert message.state in (MessageState.DELIVERED, MessageState.READ)
    assert timezone.is_naive(message.completed_at)
    assert abs(message.completed_at - timezone.now()) < timedelta(minutes=5)


def test_a_schedule_is_read_in_the_sites_zone_and_told_in_the_gateways(
    gateway: Sandbox, make_message: MakeMessage, settings: Any
):
    settings.TIME_ZONE = "UTC"
    message = make_message(scheduled_at=datetime(2099, 1, 15, 10, 0))
    doors.work()
    assert wall_time_of(gateway, message) == "2099-01-15T12:00"


def one(**fields: Any) -> None:
    send_message(fields.pop("phone"), fields.pop("text"), **fields).save()


def many(**fields: Any) -> None:
    send_messages([Message(**fields)])


@pytest.mark.parametrize("send", [one, many])
def test_a_schedule_may_be_given_with_its_zone(gateway: Sandbox, send: Callable[..., None]):
    moment = datetime(2099, 1, 15, 10, 0, tzinfo=UTC)
    send(phone="+380971234567", text="Text", sender="SMSTest", scheduled_at=moment)
    doors.work()
    message = Message.objects.get()
    assert message.scheduled_at == datetime(2099, 1, 15, 12, 0)
    assert wall_time_of(gateway, message) == "2099-01-15T12:00"


def test_a_dead_workers_message_is_recovered(gateway: Sandbox, make_message: MakeMessage, clock: Any):
    message = make_message()
    doors.claim(1)
    clock.shift(301)
    doors.work()
    clock.shift(31)
    doors.work()
    message.refresh_from_db()
    assert gateway.times_accepted(message.reference) == 1
    assert message.msg_id


def test_a_pause_ends(gateway: Sandbox, make_message: MakeMessage, clock: Any):
    message = make_message()
    gateway.fail_next("error-202")
    doors.work()
    assert Connection.objects.get().is_paused(timezone.now())
    clock.shift(3600)
    doors.work()
    message.refresh_from_db()
    assert message.msg_id


def test_old_messages_are_pruned(make_message: MakeMessage, transactional_db: None):
    make_message(state="delivered", completed_at=timezone.now() - timedelta(days=3))
    out = StringIO()
    call_command("viber_prune", older_than=2, stdout=out)
    assert "1 messages deleted" in out.getvalue()


def test_the_admin_shows_and_sends(admin_client: Any, gateway: Sandbox, configure: Callable[..., None]):
    configure(DISPATCH="inline")
    Sender.objects.create(name="SMSTest")
    moment = in_an_hour()
    fields = {
        "sender": "SMSTest", "phone": "097 123-45-67", "type": "text", "text": "Text", "_send": "1",
        "button": "", "url": "", "image": "",
        "scheduled_at_0": f"{moment:%Y-%m-%d}", "scheduled_at_1": f"{moment:%H:%M}",
    }  # fmt: skip
    response = admin_client.post(reverse("admin:viber_messaging_message_add"), fields, follow=True)
    message = Message.objects.get()
    assert response.status_code == 200
    assert wall_time_of(gateway, message) == f"{moment:%Y-%m-%dT%H:%M}"
    assert admin_client.get(reverse("admin:viber_messaging_message_changelist")).status_code == 200
    assert admin_client.get(reverse("admin:viber_messaging_message_change", args=[message.pk])).status_code == 200
