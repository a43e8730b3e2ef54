"""What an answer means for a message that may have been sent: only a plain answer, given twice, sends it again."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.moments import Moments
from viber_messaging.delivery.decisions import outcomes
from viber_messaging.delivery.queue.claims import TOO_OLD_TO_RESEND
from viber_messaging.delivery.status import resolution
from viber_messaging.delivery.status.resolution import SELDOM, Settlements
from viber_messaging.delivery.status.unknown_outcomes import Doubt, Trace
from viber_messaging.gateway.codes import MessageCode
from viber_messaging.gateway.entities import StatusResult
from viber_messaging.states import MessageState

NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)
STARTED = NOW - timedelta(minutes=5)


class Middle:
    """Chance that always falls in the middle."""

    def uniform(self, low: float, high: float) -> float:
        return (low + high) / 2


@pytest.fixture(autouse=True)
def _limits(configure: Callable[..., None], moments: Moments) -> None:
    configure(RETRY_DELAY=60, RESEND_WINDOW=86400, MAX_ATTEMPTS=3)
    moments.set("the chance of a pause", Middle())


def trace(number: int = 1, started_at: datetime = STARTED, outcome: str = "unknown", code: int | None = None) -> Trace:
    return Trace(number, started_at, outcome, code, msg_id="", account_mark="")


DOUBT = Doubt(
    pk=1, reference=7, is_of_intent=True, number=1, created_at=STARTED, next_attempt_at=None, status_code=None,
    worker_deaths=0, vouched_count=0, asked_about=(), traces=[trace()],
)  # fmt: skip
MISSED = replace(DOUBT, status_code=MessageCode.ERR_ID)


def settled(doubt: Doubt, code: int | None, **said: Any) -> dict[str, Any]:
    """Return what changes if the gateway answers this, or nothing."""
    return Settlements(NOW).of(doubt, None if code is None else StatusResult(id=7, code=code, **said))


UNCLEAR = [None, MessageCode.UNKNOWN, 777]


@pytest.mark.parametrize("doubt", [DOUBT, MISSED], ids=["not missed", "missed once"])
@pytest.mark.parametrize("code", UNCLEAR)
def test_an_answer_that_tells_nothing_only_lets_the_worker_ask_later(doubt: Doubt, code: int | None):
    assert settled(doubt, code) == {"next_attempt_at": NOW + timedelta(seconds=60)}


def test_the_more_attempts_there_were_the_longer_the_wait():
    assert settled(replace(DOUBT, number=3), None) == {"next_attempt_at": NOW + timedelta(seconds=240)}


@pytest.mark.parametrize("code", UNCLEAR)
def test_what_is_untold_past_the_window_waits_for_a_person(code: int | None):
    edge = replace(DOUBT, traces=[trace(started_at=NOW - timedelta(days=1))])
    assert "error" not in settled(edge, code)
    older = replace(DOUBT, traces=[trace(), trace(started_at=NOW - timedelta(days=1, seconds=1))])
    assert settled(older, code) == {"error": TOO_OLD_TO_RESEND, "next_attempt_at": NOW + SELDOM}


def test_one_answer_that_the_gateway_does_not_know_it_is_not_believed():
    changes = settled(DOUBT, MessageCode.ERR_ID)
    assert changes == {"status_code": MessageCode.ERR_ID, "next_attempt_at": NOW + timedelta(seconds=60)}


def test_a_second_one_sends_it_again():
    changes = settled(MISSED, MessageCode.ERR_ID)
    assert changes == {"state": MessageState.QUEUED, "error": "", "status_code": None, "next_attempt_at": NOW}


def test_a_second_one_that_came_before_its_time_is_not_counted():
    early = replace(MISSED, next_attempt_at=NOW + timedelta(seconds=1))
    assert settled(early, MessageCode.ERR_ID) == {}
    assert settled(replace(MISSED, next_attempt_at=NOW), MessageCode.ERR_ID)["state"] == MessageState.QUEUED


def test_a_later_attempt_waits_as_long_as_there_were_failures():
    twice = replace(MISSED, number=2, traces=[trace(1), trace(2)])
    assert settled(twice, MessageCode.ERR_ID)["next_attempt_at"] == NOW + timedelta(seconds=60)


def test_what_is_missed_past_the_window_is_not_sent_again():
    edge, older = (
        replace(MISSED, traces=[trace(started_at=NOW - age)])
        for age in (timedelta(days=1), timedelta(days=1, seconds=1))
    )
    assert settled(edge, MessageCode.ERR_ID)["state"] == MessageState.QUEUED
    assert settled(older, MessageCode.ERR_ID) == {"error": TOO_OLD_TO_RESEND, "next_attempt_at": NOW + SELDOM}


FAILURE = {"state": MessageState.FAILED, "completed_at": NOW, "next_attempt_at": None}


def test_the_last_attempt_of_all_is_given_up():
    traces = [trace(1), trace(2), trace(3)]
    assert settled(replace(MISSED, traces=traces[:2]), MessageCode.ERR_ID)["state"] == MessageState.QUEUED
    changes = settled(replace(MISSED, number=3, traces=traces), MessageCode.ERR_ID)
    assert changes == FAILURE | {"error": resolution.GAVE_UP}


def test_a_message_that_three_workers_died_of_is_given_up():
    assert settled(replace(MISSED, worker_deaths=2), MessageCode.ERR_ID)["state"] == MessageState.QUEUED
    assert settled(replace(MISSED, worker_deaths=3), MessageCode.ERR_ID) == FAILURE | {"error": resolution.POISON}


def test_a_reference_that_was_refused_as_used_and_is_unknown_is_used_elsewhere():
    repeat = replace(MISSED, traces=[trace(outcome="rejected", code=MessageCode.ERR_DUPLICATE)])
    changes = settled(repeat, MessageCode.ERR_ID)
    assert changes == FAILURE | {"error": outcomes.REFERENCE_TAKEN, "status_code": MessageCode.ERR_DUPLICATE}


def test_what_was_accepted_and_is_forgotten_is_never_sent_again():
    accepted = Trace(1, STARTED, "accepted", 1, msg_id="70", account_mark="")
    changes = settled(replace(MISSED, traces=[accepted]), MessageCode.ERR_ID)
    assert (changes["state"], changes["msg_id"], changes["accepted_at"]) == (MessageState.ACCEPTED, "70", NOW)
    assert (changes["error"], changes["next_attempt_at"]) == (outcomes.FORGOTTEN, None)


def test_what_the_gateway_has_takes_over_its_state_and_number():
    changes = settled(DOUBT, MessageCode.ENROUTE, sms_id="70")
    assert changes == {
        "state": MessageState.ACCEPTED, "status_code": MessageCode.ENROUTE, "error": "", "next_attempt_at": None,
        "msg_id": "70", "accepted_at": NOW,
    }  # fmt: skip


def test_what_has_ended_meanwhile_ends_when_the_gateway_says():
    ended = NOW - timedelta(minutes=1)
    changes = settled(DOUBT, MessageCode.DELIVERED, date_completed=ended)
    assert (changes["state"], changes["completed_at"], changes["accepted_at"]) == (MessageState.DELIVERED, ended, NOW)


def test_a_refusal_says_why_and_was_never_accepted():
    changes = settled(DOUBT, MessageCode.ERR_SENDER)
    assert (changes["state"], changes["error"]) == (MessageState.REJECTED, MessageCode.ERR_SENDER.phrase)
    assert (changes["completed_at"], "accepted_at" in changes) == (NOW, False)


RANDOM = replace(
    DOUBT, is_of_intent=False, traces=[trace(outcome="rejected", code=MessageCode.ERR_DUPLICATE)], created_at=NOW
)
LONG_BEFORE, JUST_BEFORE = (NOW - resolution.CLEARLY_BEFORE - timedelta(seconds=seconds) for seconds in (1, 0))


@pytest.mark.parametrize(
    ("doubt", "ended", "is_ours"),
    [
        (RANDOM, LONG_BEFORE, False),
        (RANDOM, JUST_BEFORE, True),
        (RANDOM, None, True),
        (replace(RANDOM, is_of_intent=True), LONG_BEFORE, True),
        (replace(RANDOM, traces=[trace()]), LONG_BEFORE, True),
        (replace(RANDOM, traces=[*RANDOM.traces, trace()]), LONG_BEFORE, True),
    ],
)
def test_what_ended_clearly_before_ours_was_made_is_another_sites(doubt: Doubt, ended: datetime | None, is_ours: bool):
    changes = settled(doubt, MessageCode.DELIVERED, date_completed=ended)
    assert (changes["state"] == MessageState.DELIVERED) is is_ours
    if not is_ours:
        assert changes == FAILURE | {
            "error": outcomes.USED_BY_ANOTHER_SITE,
            "status_code": MessageCode.ERR_DUPLICATE,
        }
