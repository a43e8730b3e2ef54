"""What became of the messages that the gateway took."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests import doors
from tests.moments import Moments
from viber_messaging import signals
from viber_messaging.delivery.decisions import outcomes, status_changes
from viber_messaging.models import Message
from viber_messaging.sandbox import Sandbox
from viber_messaging.states import LEGAL_MOVES, MessageState
from viber_messaging.statistics import standing

MakeMessage = Callable[..., Message]


def wait(gateway: Sandbox, clock: Any, seconds: float) -> None:
    """Let time pass here and at the gateway."""
    gateway.advance(seconds)
    clock.shift(seconds)


@pytest.fixture
def empty(gateway: Sandbox, configure: Callable[..., None]) -> Iterator[Callable[..., None]]:
    """Put a gateway in place that has never heard of anything."""
    with Sandbox(key=gateway.key) as other:
        yield lambda: configure(API_URL=other.url)


def test_a_message_is_delivered_in_the_end(gateway: Sandbox, make_message: MakeMessage, clock: Any):
    message = make_message()
    doors.work()
    wait(gateway, clock, 60)
    doors.work()
    message.refresh_from_db()
    assert (message.state, message.status_code) == (MessageState.DELIVERED, 102)
    assert message.completed_at is not None


@pytest.mark.parametrize(
    ("phone", "code"), [("+380990000103", 103), ("+380990000105", 105), ("+380990000108", 108), ("+380990000111", 111)]
)
def test_a_message_that_cannot_be_delivered_says_why(
    gateway: Sandbox, make_message: MakeMessage, clock: Any, phone: str, code: int
):
    message = make_message(phone=phone)
    for _ in range(3):
        doors.work()
        wait(gateway, clock, 600)
    message.refresh_from_db()
    assert (message.state, message.status_code) == (MessageState.UNDELIVERED, code)
    assert message.error


@pytest.mark.parametrize("phone", ["+380990000101", "+380990000107", "+380990000777"])
def test_an_answer_that_says_nothing_new_leaves_the_message_accepted(
    gateway: Sandbox, make_message: MakeMessage, clock: Any, phone: str
):
    message = make_message(phone=phone)
    for _ in range(4):
        doors.work()
        wait(gateway, clock, 3600)
    message.refresh_from_db()
    assert message.state == MessageState.ACCEPTED


def test_a_question_that_the_account_is_not_allowed_is_told_and_changes_nothing(
    gateway: Sandbox, make_message: MakeMessage, clock: Any
):
    message = make_message()
    doors.work()
    wait(gateway, clock, 60)
    gateway.fail_next("error-202", command="status")
    report = doors.work()
    message.refresh_from_db()
    assert report.problem
    assert (message.state, message.status_code) == (MessageState.ACCEPTED, 1)


def test_a_failed_message_that_the_gateway_has_after_all_is_accepted_from_now_on(
    gateway: Sandbox, make_message: MakeMessage, clock: Any
):
    message = make_message(phone="+380990000101")
    doors.work()
    wait(gateway, clock, 60)
    Message.objects.update(state=MessageState.FAILED, status_code=None, accepted_at=None)
    asked_at = timezone.now()
    doors.ask_now(Message.objects.all())
    message.refresh_from_db()
    assert message.state == MessageState.ACCEPTED
    assert message.accepted_at is not None
    assert message.accepted_at >= asked_at


def test_a_status_is_asked_ever_more_seldom(gateway: Sandbox, make_message: MakeMessage, clock: Any):
    make_message(phone="+380990000101")
    for _ in range(34):
        doors.work()
        wait(gateway, clock, 30)
    asked = [request for request in gateway.requests if request.command == "status"]
    assert 5 <= len(asked) <= 15


def test_after_status_max_age_nothing_is_asked(gateway: Sandbox, make_message: MakeMessage, clock: Any):
    make_message(phone="+380990000101")
    doors.work()
    wait(gateway, clock, 15 * 86400)
    before = gateway.request_count
    doors.work()
    assert gateway.request_count == before


def test_what_is_scheduled_far_ahead_is_asked_about_from_its_hour_on(
    gateway: Sandbox, make_message: MakeMessage, clock: Any
):
    message = make_message(scheduled_at=_now() + timedelta(days=20))
    doors.work()
    wait(gateway, clock, 20 * 86400 + 600)
    doors.work()
    message.refresh_from_db()
    assert message.state == MessageState.DELIVERED


def test_the_record_of_one_that_is_still_asked_about_is_kept(gateway: Sandbox, make_message: MakeMessage, clock: Any):
    make_message(scheduled_at=_now() + timedelta(days=20))
    doors.work()
    clock.shift(25 * 86400)
    assert doors.prune(_now() - timedelta(days=1)) == 0
    clock.shift(10 * 86400)
    assert doors.prune(_now() - timedelta(days=1)) == 1


def test_what_the_gateway_took_and_does_not_know_any_more_is_marked_for_a_person(
    gateway: Sandbox, empty: Callable[..., None], make_message: MakeMessage, clock: Any, configure: Callable[..., None]
):
    message = make_message()
    doors.work()
    empty()
    for _ in range(8):
        wait(gateway, clock, 200)
        doors.work()
    message.refresh_from_db()
    assert (message.state, message.status_code, message.error) == (MessageState.ACCEPTED, 201, outcomes.FORGOTTEN)
    assert standing().forgotten == 1
    configure(API_URL=gateway.url)
    wait(gateway, clock, 3601)
    doors.work()
    message.refresh_from_db()
    assert (message.state, message.error) == (MessageState.DELIVERED, "")
    assert standing().forgotten == 0


def test_a_server_that_knows_of_it_a_moment_later_marks_nothing(
    gateway: Sandbox, empty: Callable[..., None], make_message: MakeMessage, clock: Any
):
    message = make_message()
    doors.work()
    empty()
    wait(gateway, clock, 60)
    doors.work()
    message.refresh_from_db()
    assert (message.status_code, message.error) == (1, "")


def test_asking_again_about_a_used_reference_keeps_what_was_said_of_it(gateway: Sandbox, make_message: MakeMessage):
    message = make_message(state=MessageState.FAILED, status_code=208, error=outcomes.REFERENCE_TAKEN)
    doors.ask_now(Message.objects.all())
    message.refresh_from_db()
    assert (message.status_code, message.error) == (208, outcomes.REFERENCE_TAKEN)


def test_a_person_who_refreshes_sees_a_delivered_message_read(gateway: Sandbox, make_message: MakeMessage, clock: Any):
    message = make_message(phone="+380990000116")
    doors.work()
    wait(gateway, clock, 2.5)
    doors.ask_now(Message.objects.all())
    wait(gateway, clock, 600)
    doors.ask_now(Message.objects.all())
    message.refresh_from_db()
    assert (message.state, message.status_code) == (MessageState.READ, 116)


def test_no_answer_leads_backwards():
    for state in MessageState:
        for code in range(300):
            item = status_changes.Asked(pk=1, reference=1, state=state, status_code=None, msg_id="", accepted_at=_now())
            change = status_changes.change_of(item, _status(code), _now())
            if change is not None and change.move.state != state:
                assert change.move.state in LEGAL_MOVES[state]
                assert state not in (MessageState.READ, MessageState.UNDELIVERED)


def test_a_message_saved_meanwhile_leaves_before_the_next_status(
    gateway: Sandbox, make_message: MakeMessage, clock: Any, configure: Callable[..., None], moments: Moments
):
    configure(DISPATCH="worker", PACKAGE_SIZE=1)
    moments.set("messages in a slice", 2)
    moments.set("statuses asked between slices", 0)
    for _ in range(6):
        make_message()
    doors.work()
    wait(gateway, clock, 60)
    done = len(gateway.requests)

    def save_a_code(**kwargs: Any) -> None:
        signals.message_status_changed.disconnect(save_a_code)
        make_message(text="Your code is 4821")

    signals.message_status_changed.connect(save_a_code)
    doors.work()
    commands = [request.command for request in gateway.requests[done:]]
    assert commands == ["status", "message-viber", *["status"] * 5]


def test_a_listener_hears_of_the_change_and_a_broken_one_changes_nothing(
    gateway: Sandbox, make_message: MakeMessage, clock: Any, caplog: Any
):
    heard: list[tuple[str, str]] = []

    def listen(message: Message, previous_state: str, **kwargs: Any) -> None:
        heard.append((previous_state, message.state))

    def break_down(**kwargs: Any) -> None:
        raise RuntimeError("broken listener")

    signals.message_status_changed.connect(break_down)
    signals.message_status_changed.connect(listen)
    try:
        make_message()
        doors.work()
        wait(gateway, clock, 60)
        doors.work()
    finally:
        signals.message_status_changed.disconnect(break_down)
        signals.message_status_changed.disconnect(listen)
    assert heard == [("accepted", "delivered")]
    (told,) = [record for record in caplog.records if record.levelname == "ERROR"]
    assert told.message.startswith("A signal receiver failed")
    assert told.exc_info is not None


def test_a_failed_message_that_the_gateway_has_is_accepted_when_a_person_asks(
    gateway: Sandbox, make_message: MakeMessage
):
    message = make_message()
    doors.work()
    Message.objects.update(state=MessageState.FAILED, msg_id="", status_code=208)
    doors.ask_now(Message.objects.all())
    message.refresh_from_db()
    assert message.state in (MessageState.ACCEPTED, MessageState.DELIVERED)
    assert message.msg_id


def _now() -> Any:
    from django.utils import timezone

    return timezone.now()


def _status(code: int) -> Any:
    from viber_messaging.gateway.entities import StatusResult

    return StatusResult(id=1, code=code)
