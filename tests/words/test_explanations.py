"""Every number and word of ours is explained, and no number of theirs is too strange to be explained."""

import pytest
from django.utils import translation

from tests.doors import REASONS
from viber_messaging.gateway.codes import MessageCode, RequestCode
from viber_messaging.states import AttemptOutcome, MessageState
from viber_messaging.words import explanations


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (explanations.MESSAGE_CODES, MessageCode),
        (explanations.REQUEST_CODES, RequestCode),
        (explanations.STATES, MessageState),
        (explanations.OUTCOMES, AttemptOutcome),
        (explanations.REASONS, {*REASONS.values(), "billing", "unrecorded"}),
    ],
    ids=["message codes", "request codes", "states", "outcomes", "reasons"],
)
def test_each_table_is_total_and_explains_nothing_else(table, words):
    assert set(table) == set(words)
    assert all(str(explanation) for explanation in table.values())


def test_a_refused_sender_is_told_what_to_do():
    assert explanations.explain_message_code(202) == (
        "202: The sender's name is not registered with the gateway. "
        "Register it with the gateway, or choose another sender."
    )


def test_a_wrong_key_is_not_mistaken_for_a_wrong_sender():
    assert "API key" in explanations.explain_request_code(202)
    assert "API key" in explanations.explain_reason("account_refused", 202)


def test_the_name_of_a_code_gives_no_advice():
    assert explanations.name_message_code(202) == "202: The sender's name is not registered with the gateway."


@pytest.mark.parametrize("explain", [explanations.explain_message_code, explanations.explain_request_code])
def test_an_unknown_number_is_told_as_it_is(explain):
    with translation.override("en"):
        assert "99999," in explain(99999)
    assert "-1," in explain(-1)


@pytest.mark.parametrize("explain", [explanations.explain_message_code, explanations.explain_request_code])
def test_no_number_needs_no_words(explain):
    assert explain(None) == ""


def test_an_unknown_reason_is_still_a_sentence():
    assert explanations.explain_reason("something new", None) == "The gateway cannot be used."


def test_an_empty_balance_is_named_by_the_number_of_the_message():
    assert explanations.explain_reason("billing", 206).startswith("206: There is not enough money")


def test_an_unknown_state_of_a_later_release_does_not_break_a_page():
    assert explanations.explain_state("levitating") == explanations.explain_outcome("levitating") == ""


def test_a_sentence_that_nobody_translated_stays_as_it_is():
    assert explanations.translate_error("Nobody translated this.") == "Nobody translated this."
    assert explanations.translate_error("") == ""
