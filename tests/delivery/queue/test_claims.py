"""Taking messages so that no other worker takes them too."""

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import OperationalError
from django.utils import timezone

from tests import doors
from tests.moments import Moments
from viber_messaging.delivery.queue import claims
from viber_messaging.delivery.queue.claim_statements import Claim
from viber_messaging.models import Message
from viber_messaging.states import MessageState

MakeMessage = Callable[..., Message]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _worker_sends(configure: Callable[..., None]) -> None:
    configure(DISPATCH="worker")


def test_the_oldest_are_taken_first_and_never_twice(make_message: MakeMessage):
    made = [make_message().pk for _ in range(5)]
    first, second, third = doors.claim(3), doors.claim(3), doors.claim(3)
    assert [claim.pk for claim in first.claims] == made[:3]
    assert [claim.pk for claim in second.claims] == made[3:]
    assert third is None


def test_a_claim_counts_the_attempt_and_notes_the_time(make_message: MakeMessage):
    message = make_message()
    package = doors.claim(1)
    message.refresh_from_db()
    assert (message.state, message.attempt_count, message.claim_token) == (MessageState.SENDING, 1, package.token)
    assert message.claimed_at is not None


@pytest.mark.parametrize("state", [state for state in MessageState if state != MessageState.QUEUED])
def test_only_queued_messages_are_taken(make_message: MakeMessage, state: MessageState):
    make_message(state=state)
    assert doors.claim(10) is None


def test_what_another_worker_takes_between_the_look_and_the_claim_is_left_to_it(
    make_message: MakeMessage, moments: Moments
):
    made = [make_message().pk for _ in range(3)]
    look, others = moments.original("the look for due messages"), list[claims.ClaimedPackage]()

    def look_slowly(*args: Any, **options: Any) -> Any:
        found = look(*args, **options)
        moments.replace("the look for due messages", look)
        others.append(doors.claim(2))
        return found

    moments.replace("the look for due messages", look_slowly)
    ours = doors.claim(3)
    assert [claim.pk for claim in others[0].claims] == made[:2]
    assert [claim.pk for claim in ours.claims] == made[2:]
    assert set(Message.objects.values_list("attempt_count", flat=True)) == {1}


def test_a_message_that_must_wait_is_not_taken_before_its_time(make_message: MakeMessage):
    make_message(next_attempt_at=timezone.now() + timedelta(minutes=1))
    assert doors.claim(10) is None


def test_the_keys_given_narrow_the_choice(make_message: MakeMessage):
    make_message()
    wanted = make_message()
    assert [claim.pk for claim in doors.claim(10, pks=[wanted.pk]).claims] == [wanted.pk]


def test_what_is_claimed_is_what_was_written(make_message: MakeMessage):
    message = make_message(
        type="button", text="T", button="B", url="https://page.url", image="https://image.url/image.png",
        scheduled_at=timezone.now(),
    )  # fmt: skip
    outgoing = doors.claim(1).claims[0].outgoing
    for field in ("phone", "sender", "type", "text", "button", "url", "image"):
        assert getattr(outgoing, field) == getattr(message, field)
    assert (outgoing.id, outgoing.date_beg) == (message.reference, message.scheduled_at)


def test_a_released_claim_leaves_no_trace(make_message: MakeMessage):
    message = make_message()
    package = doors.claim(1)
    assert claims.release(package, package.claims) == 1
    message.refresh_from_db()
    assert (message.state, message.attempt_count, message.claim_token) == (MessageState.QUEUED, 0, None)


def test_a_claim_that_was_lost_cannot_be_released(make_message: MakeMessage):
    message = make_message()
    package = doors.claim(1)
    Message.objects.update(state=MessageState.UNCONFIRMED, claim_token=None)
    assert claims.release(package, package.claims) == 0
    message.refresh_from_db()
    assert message.state == MessageState.UNCONFIRMED


def test_a_claim_costs_the_same_number_of_queries_for_one_and_for_many(
    make_message: MakeMessage, django_assert_max_num_queries: Any
):
    for _ in range(50):
        make_message()
    with django_assert_max_num_queries(8):
        doors.claim(50)


def test_the_age_of_a_claim_counts_the_wait_for_the_database(
    make_message: MakeMessage, configure: Callable[..., None], monkeypatch: pytest.MonkeyPatch, moments: Moments
):
    """``claimed_at`` is noted before a locked database lets the claim through: others count from there."""
    configure(CLAIM_TIMEOUT=300, TOTAL_TIMEOUT=60)
    make_message()
    seconds = 1000.0
    take = moments.original("the taking")

    def take_after_a_wait(*args: Any) -> list[Claim]:
        nonlocal seconds
        seconds += 250
        return take(*args)

    moments.set("the clock of claims", SimpleNamespace(monotonic=lambda: seconds))
    moments.replace("the taking", take_after_a_wait)
    assert not doors.claim(1).has_time_to_post()


def test_what_was_taken_before_the_database_refused_in_passing_is_in_the_package(
    make_message: MakeMessage, moments: Moments
):
    """SQLite takes it in a statement of its own; what is kept back comes after that."""
    made = [make_message().pk for _ in range(4)]
    Message.objects.filter(pk=made[0]).update(is_recipient_gone=True)
    set_aside, refusals = moments.original("the setting aside"), [OperationalError(1213, "locked")]

    def refuse_once(found: Any, now: Any) -> None:
        if refusals:
            raise refusals.pop()
        set_aside(found, now)

    moments.replace("the setting aside", refuse_once)
    package = doors.claim(2)
    taken = Message.objects.filter(state=MessageState.SENDING)
    assert [claim.pk for claim in package.claims] == list(taken.order_by("pk").values_list("pk", flat=True)) != []
