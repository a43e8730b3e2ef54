"""The tables are total, and no decision leads where the states do not allow."""

import pytest

from viber_messaging.delivery.connection import outages
from viber_messaging.delivery.decisions import outcomes
from viber_messaging.gateway import errors
from viber_messaging.gateway.codes import MessageCode
from viber_messaging.gateway.entities import Reply
from viber_messaging.states import LEGAL_MOVES, AttemptOutcome, MessageState


def judge(code: int, *, may_have_arrived: bool = False) -> outcomes.Verdict:
    reply = Reply(results={}, http_status=200, excerpt="excerpt")
    return outcomes.judge_code(code, reply, may_have_arrived=may_have_arrived)


@pytest.mark.parametrize("code", MessageCode)
def test_every_code_has_a_state_that_sending_may_lead_to(code: MessageCode):
    verdict = judge(code)
    assert verdict.state in LEGAL_MOVES[MessageState.SENDING]
    assert verdict.status_code == code


@pytest.mark.parametrize("code", [777, -1, 99999, 0])
def test_an_unknown_number_is_kept_and_asked_about(code: int):
    verdict = judge(code)
    assert (verdict.outcome, verdict.state) == (AttemptOutcome.UNKNOWN, MessageState.UNCONFIRMED)
    assert (verdict.status_code, verdict.error) == (code, outcomes.UNKNOWN_CODE)


def test_208_is_good_news_only_after_an_attempt_that_may_have_arrived():
    assert judge(208).state == MessageState.UNCONFIRMED
    assert judge(208, may_have_arrived=True).state == MessageState.ACCEPTED


def test_an_excerpt_is_kept_only_of_an_answer_that_did_not_plainly_accept():
    assert judge(1).reply == ""
    assert judge(203).reply == "excerpt"


def test_every_kind_of_error_that_a_call_may_raise_has_a_reason():
    raised = {
        kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.GatewayError)
    }
    assert set(outages.REASONS) == raised


@pytest.mark.parametrize("state", MessageState)
def test_every_state_has_its_legal_moves(state: MessageState):
    assert state not in LEGAL_MOVES[state]


def test_what_was_not_sent_stays_queued_and_says_why():
    error = errors.NotSent("The gateway is closed.", http_status=503, excerpt="Closed")
    verdict = outcomes.judge_not_sent(error, wait_seconds=7)
    assert (verdict.outcome, verdict.state) == (AttemptOutcome.NOT_SENT, MessageState.QUEUED)
    assert (verdict.error, verdict.http_status, verdict.reply) == ("The gateway is closed.", 503, "Closed")
    assert verdict.wait_seconds == 7
