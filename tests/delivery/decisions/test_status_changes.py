"""What a status answer changes in a message: nothing that it does not say, and never backwards."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from viber_messaging.delivery.decisions import outcomes
from viber_messaging.delivery.decisions.status_changes import TIME_TO_BE_KNOWN, Asked, Change, by_move, change_of
from viber_messaging.gateway.codes import MessageCode
from viber_messaging.gateway.entities import StatusResult
from viber_messaging.states import MessageState

NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)
ACCEPTED = Asked(
    pk=1, reference=7, state=MessageState.ACCEPTED, status_code=1, msg_id="70", accepted_at=NOW - timedelta(hours=1)
)
FAILED = replace(ACCEPTED, state=MessageState.FAILED, status_code=MessageCode.ERR_DUPLICATE)
STILL_ON_ITS_WAY = [code for code, state in outcomes.STATE_BY_CODE.items() if state == MessageState.ACCEPTED]


def answer(item: Asked, code: int, msg_id: str = "70", ended: datetime | None = None) -> Change | None:
    return change_of(item, StatusResult(id=7, code=code, sms_id=msg_id, date_completed=ended), NOW)


def changed(item: Asked, code: int, msg_id: str = "70", ended: datetime | None = None) -> Change:
    change = answer(item, code, msg_id, ended)
    assert change is not None
    return change


def test_no_answer_changes_nothing():
    assert change_of(ACCEPTED, None, NOW) is None


def test_an_answer_that_is_known_already_changes_nothing():
    assert answer(ACCEPTED, 1) is None
    assert answer(replace(ACCEPTED, state=MessageState.DELIVERED, status_code=102), 102) is None


def test_a_new_state_ends_the_message_when_the_gateway_says_or_now():
    assert changed(ACCEPTED, 102).completed_at == NOW
    ended = NOW - timedelta(minutes=5)
    change = changed(ACCEPTED, 102, ended=ended)
    assert (change.pk, change.completed_at, change.msg_id) == (1, ended, "70")
    assert (change.move.previous, change.move.state) == (MessageState.ACCEPTED, MessageState.DELIVERED)
    assert (change.move.status_code, change.move.is_new, change.move.is_wait) == (102, True, False)


def test_a_new_code_on_the_way_is_kept_and_ends_nothing():
    change = changed(ACCEPTED, MessageCode.ENROUTE)
    assert (change.move.state, change.move.is_wait, change.completed_at) == (MessageState.ACCEPTED, True, None)
    assert change.move.error is None


def test_no_answer_leads_backwards():
    assert answer(replace(ACCEPTED, state=MessageState.READ, status_code=104), 102) is None
    assert answer(replace(ACCEPTED, state=MessageState.UNDELIVERED, status_code=103), 102) is None


def test_a_number_that_the_record_lacks_is_taken_even_if_nothing_else_is_new():
    change = changed(replace(ACCEPTED, msg_id=""), 1)
    assert (change.move.is_numbered, change.move.is_wait, change.msg_id) == (True, False, "70")
    assert answer(ACCEPTED, 1, msg_id="") is None


@pytest.mark.parametrize("code", STILL_ON_ITS_WAY)
def test_a_failed_message_that_the_gateway_has_after_all_is_accepted(code: int):
    change = changed(FAILED, code)
    assert (change.move.previous, change.move.state) == (MessageState.FAILED, MessageState.ACCEPTED)
    assert (change.move.is_new, change.completed_at) == (True, None)


def test_a_failed_message_that_was_delivered_after_all_is_delivered():
    assert changed(FAILED, 102).move.state == MessageState.DELIVERED


@pytest.mark.parametrize("code", [MessageCode.ERR_DUPLICATE, 777])
def test_a_code_that_says_nothing_leaves_a_failed_message_failed(code: int):
    found = answer(replace(FAILED, status_code=None), code)
    assert found is None or found.move.state == MessageState.FAILED


@pytest.mark.parametrize(
    ("item", "is_told"),
    [
        (ACCEPTED, True),
        (replace(ACCEPTED, accepted_at=NOW - TIME_TO_BE_KNOWN), False),
        (replace(ACCEPTED, accepted_at=NOW - TIME_TO_BE_KNOWN - timedelta(seconds=1)), True),
        (replace(ACCEPTED, state=MessageState.DELIVERED, status_code=102), False),
        (FAILED, False),
        (replace(FAILED, status_code=None), True),
    ],
    ids=["accepted long ago", "accepted just now", "a second later", "delivered", "used before", "failed otherwise"],
)
def test_that_the_gateway_does_not_know_it_means_something_only_where_it_should(item: Asked, is_told: bool):
    assert (answer(item, MessageCode.ERR_ID) is not None) is is_told


def test_an_accepted_message_that_the_gateway_forgot_and_knows_again_is_noted():
    forgotten = changed(ACCEPTED, MessageCode.ERR_ID)
    assert (forgotten.move.state, forgotten.move.error) == (MessageState.ACCEPTED, outcomes.FORGOTTEN)
    known_again = changed(replace(ACCEPTED, status_code=MessageCode.ERR_ID), 1)
    assert (known_again.move.state, known_again.move.error) == (MessageState.ACCEPTED, "")


def test_a_scheduled_message_is_awaited_from_its_hour_on():
    later, earlier = NOW + timedelta(hours=3), NOW - timedelta(days=1)
    assert ACCEPTED.awaited_at == ACCEPTED.accepted_at
    assert replace(ACCEPTED, scheduled_at=later).awaited_at == later
    assert replace(ACCEPTED, scheduled_at=earlier).awaited_at == ACCEPTED.accepted_at


def test_what_one_statement_can_write_stands_together():
    first, second, other = changed(ACCEPTED, 102), changed(replace(ACCEPTED, pk=2), 102), changed(ACCEPTED, 104)
    assert by_move([first, other, second]) == {first.move: [first, second], other.move: [other]}
