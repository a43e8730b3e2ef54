"""A replica that lags, a database of our own, one that is not ours: claims are read where they are written."""

import io
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.handlers.base import BaseHandler
from django.db import connection, connections, transaction
from django.http import HttpRequest, HttpResponse
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tablib import Dataset

from tests import doors
from tests.delivery.routers import REPLICA
from tests.elsewhere import second_database
from tests.moments import Moments
from tests.spreadsheets import files
from viber_messaging.api import opt_out, send_message, send_messages
from viber_messaging.delivery.campaign.preview import preview as preview_campaign
from viber_messaging.importing import Kind, preview, stage, stage_messages, write, write_messages
from viber_messaging.models import Campaign, Message, Recipient, RecipientGroup
from viber_messaging.resources import RecipientResource
from viber_messaging.sandbox import Sandbox
from viber_messaging.signals import message_accepted, message_queued
from viber_messaging.spreadsheets import MESSAGE_ROLES
from viber_messaging.states import MessageState

MakeMessage = Callable[..., Message]
TEXT = {"sender": "SMSTest", "phone": "+380971234567", "text": "Text"}


@pytest.fixture
def replica(gateway: Sandbox) -> Iterator[str]:
    """A second database with our tables, empty."""
    with second_database() as other:
        with other.schema_editor() as editor:
            for label in ("contenttypes", "auth", "viber_messaging"):
                for model in apps.get_app_config(label).get_models():
                    editor.create_model(model)
        yield REPLICA


@pytest.fixture
def reads_lag(replica: str, settings: Any) -> str:
    settings.DATABASE_ROUTERS = ["tests.delivery.routers.ReadFromReplica"]
    return replica


@pytest.mark.parametrize("dispatch", ["worker", "inline"])
def test_with_a_lagging_replica_every_step_reads_where_it_writes(
    gateway: Sandbox, reads_lag: str, configure: Callable[..., None], clock: Any, dispatch: str
):
    configure(DISPATCH=dispatch)
    message = send_message("0971234567", "Text", sender="SMSTest")
    gateway.fail_next("lost-answer", command="message-viber")
    send_messages([Message(**TEXT)])
    with CaptureQueriesContext(connections[reads_lag]) as read:
        for _ in range(3):
            doors.work()
            clock.shift(60)
    assert not read.captured_queries
    message.refresh_from_db(using="default")
    assert message.msg_id
    assert all(gateway.times_accepted(reference) == 1 for reference in gateway.accepted)
    assert len(gateway.accepted) == 2


def test_with_a_lagging_replica_a_campaign_is_read_where_it_is_written(gateway: Sandbox, reads_lag: str):
    campaign = Campaign.objects.using("default").create(name="Spring", sender="SMSTest", text="Привіт, {name}!")
    group = RecipientGroup.objects.using("default").create(name="All")
    member = Recipient.objects.using("default").create(phone="+380971234567", name="Оля")
    Recipient.groups.through._default_manager.using("default").create(recipient=member, recipientgroup=group)
    Campaign.groups.through._default_manager.using("default").create(campaign=campaign, recipientgroup=group)
    with CaptureQueriesContext(connections[reads_lag]) as read:
        assert preview_campaign(campaign).to_send == 1
        assert doors.start(campaign)
        doors.work()
        doors.pause(campaign)
        doors.cancel_campaign(campaign)
    assert not read.captured_queries
    assert [message.text for message in gateway.accepted.values()] == ["Привіт, Оля!"]


def test_with_a_lagging_replica_the_copy_in_hand_still_knows(
    gateway: Sandbox, reads_lag: str, configure: Callable[..., None], caplog: pytest.LogCaptureFixture
):
    configure(DISPATCH="inline")
    message = Message.objects.create(**TEXT)
    assert message.msg_id == str(gateway.accepted[message.reference].msg_id)
    assert not caplog.records


def test_with_a_lagging_replica_an_opt_out_that_is_written_counts(gateway: Sandbox, reads_lag: str):
    Recipient.objects.create(phone=TEXT["phone"], opted_out_at=timezone.now())
    Message.objects.create(**TEXT)
    doors.work()
    assert gateway.request_count == 0


def test_a_draft_read_from_a_replica_is_judged_by_what_is_written(gateway: Sandbox, reads_lag: str):
    message = Message.objects.create(**TEXT, state=MessageState.DRAFT)
    stale = Message.objects.using("default").get(pk=message.pk)
    stale._state.db = reads_lag
    stale.text = "Another text"
    stale.save()
    assert Message.objects.using("default").get().text == "Another text"


def test_with_a_lagging_replica_what_a_message_points_to_is_not_looked_for_there(gateway: Sandbox, reads_lag: str):
    olena = get_user_model()._default_manager.using("default").create(username="olena")
    customer = Recipient.objects.using("default").create(phone=TEXT["phone"])
    with CaptureQueriesContext(connections[reads_lag]) as read:
        send_message(TEXT["phone"], "Text", sender="SMSTest", recipient=customer, created_by=olena)
        send_messages([Message(**TEXT, recipient=customer, created_by=olena)])
        doors.work()
    assert not read.captured_queries
    assert len(gateway.accepted) == 2


def test_our_tables_may_live_in_a_database_of_their_own(
    gateway: Sandbox, replica: str, settings: Any, configure: Callable[..., None]
):
    settings.DATABASE_ROUTERS = ["tests.delivery.routers.MessagesElsewhere"]
    configure(DISPATCH="inline")
    with CaptureQueriesContext(connection) as ours, transaction.atomic(using=replica):
        message = Message.objects.create(**TEXT)
        assert gateway.request_count == 0
    assert message.msg_id
    send_messages([Message(**TEXT)])
    assert len(gateway.accepted) == 2
    assert not [query for query in ours.captured_queries if "viber" in query["sql"]]


def test_an_import_reads_and_writes_people_where_they_are_read_before_sending(replica: str, settings: Any):
    settings.DATABASE_ROUTERS = ["tests.delivery.routers.PeopleElsewhere"]
    opt_out(TEXT["phone"])
    people = files.workbook([["phone", "name"], [TEXT["phone"], "Оля"], ["0501234567", "Іван"]])
    drafts = files.workbook([["phone", "text", "sender"], [TEXT["phone"], "Text", "SMSTest"]])
    with CaptureQueriesContext(connections[replica]) as elsewhere:
        staged = stage(files.read(people), io.BytesIO())
        assert preview(staged).counts[Kind.OPTED_OUT] == 1
        write(staged, group="All")
        resource = RecipientResource(group="All")
        resource.import_data(Dataset(["0631234567", "Ada"], headers=["phone", "name"]), raise_errors=True)
        table = files.read(drafts, roles=MESSAGE_ROLES)
        assert write_messages(stage_messages(table, io.BytesIO(), {})).counts[Kind.OPTED_OUT] == 1
    assert not elsewhere.captured_queries
    assert RecipientGroup.objects.using("default").get().recipients.using("default").count() == 3


def test_a_message_saved_to_another_database_is_not_sent_and_sends_no_namesake(
    gateway: Sandbox, replica: str, configure: Callable[..., None], caplog: pytest.LogCaptureFixture
):
    namesake = Message.objects.create(**TEXT)
    configure(DISPATCH="inline")
    copy = Message(**TEXT, pk=namesake.pk)
    copy.save(using=replica, force_insert=True)
    assert gateway.request_count == 0
    assert copy.state == MessageState.QUEUED
    assert "is not sent" in caplog.text


def test_a_message_of_a_rolled_back_savepoint_is_not_sent_and_the_others_are(
    gateway: Sandbox, make_message: MakeMessage, configure: Callable[..., None]
):
    configure(DISPATCH="inline")
    with transaction.atomic():
        kept = make_message()
        with transaction.atomic():
            make_message()
            transaction.set_rollback(True)
    assert set(gateway.accepted) == {kept.reference}


def test_with_atomic_requests_messages_leave_after_the_request(
    gateway: Sandbox, configure: Callable[..., None], monkeypatch: pytest.MonkeyPatch
):
    configure(DISPATCH="inline")
    monkeypatch.setitem(connection.settings_dict, "ATOMIC_REQUESTS", True)

    def view(request: HttpRequest) -> HttpResponse:
        Message.objects.create(**TEXT)
        return HttpResponse(str(gateway.request_count))

    answer = BaseHandler().make_view_atomic(view)(HttpRequest())
    assert answer.content == b"0"
    assert len(gateway.accepted) == 1


def test_no_cursor_is_kept_open_on_the_server_as_a_pooler_would_lose_it(
    gateway: Sandbox, make_message: MakeMessage, monkeypatch: pytest.MonkeyPatch
):
    def chunked(*args: Any, **kwargs: Any) -> Any:
        raise AssertionError("a cursor on the server")

    heard: list[str] = []

    def hear(sender: Any, message: Message, **kwargs: Any) -> None:
        heard.append(message.state)

    monkeypatch.setattr(connections["default"], "chunked_cursor", chunked)
    for signal in (message_queued, message_accepted):
        signal.connect(hear)
    try:
        make_message()
        doors.work()
    finally:
        for signal in (message_queued, message_accepted):
            signal.disconnect(hear)
    assert heard == [MessageState.QUEUED, MessageState.ACCEPTED]


def test_a_nudge_that_fails_at_the_very_end_fails_no_request(
    gateway: Sandbox,
    configure: Callable[..., None],
    caplog: pytest.LogCaptureFixture,
    moments: Moments,
):
    configure(DISPATCH="inline")
    moments.replace("the second reading of a single message", lambda message: 1 / 0)
    Message.objects.create(**TEXT)
    assert "The nudge failed (ZeroDivisionError" in caplog.text
