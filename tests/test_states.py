"""The lives of a message and of a campaign."""

import pytest

from viber_messaging.states import (
    CAMPAIGN_MOVES,
    FINAL_STATES,
    LEGAL_MOVES,
    MOVING_STATES,
    REACHED_STATES,
    RETRYABLE_STATES,
    UNREACHED_STATES,
    CampaignState,
    MessageState,
    campaign_states_that_may_become,
)


def test_the_table_of_moves_is_total():
    assert set(LEGAL_MOVES) == set(MessageState)


def test_what_is_retryable_may_be_queued():
    assert all(MessageState.QUEUED in LEGAL_MOVES[state] for state in RETRYABLE_STATES)


@pytest.mark.parametrize("state", [MessageState.READ, MessageState.UNDELIVERED])
def test_the_ends_of_the_road_lead_nowhere(state: MessageState):
    assert not LEGAL_MOVES[state]
    assert state in FINAL_STATES


def test_every_state_can_be_reached():
    assert {target for targets in LEGAL_MOVES.values() for target in targets} == set(MessageState) - {
        MessageState.DRAFT
    }


def test_what_is_too_old_to_be_sent_again_may_be_set_aside_before_it_is_claimed():
    assert MessageState.UNCONFIRMED in LEGAL_MOVES[MessageState.QUEUED]


def test_the_table_of_a_campaigns_moves_is_total():
    assert set(CAMPAIGN_MOVES) == set(CampaignState)


def test_a_cancelled_campaign_stays_so():
    assert not CAMPAIGN_MOVES[CampaignState.CANCELLED]


def test_a_paused_campaign_can_go_on_or_be_cancelled():
    assert campaign_states_that_may_become(CampaignState.PAUSED) == {CampaignState.RUNNING}
    assert CampaignState.PAUSED in campaign_states_that_may_become(CampaignState.CANCELLED)


def test_every_state_is_final_moving_or_a_draft():
    assert FINAL_STATES | MOVING_STATES | {MessageState.DRAFT} == set(MessageState)
    assert not FINAL_STATES & MOVING_STATES


def test_who_got_a_message_is_not_among_those_who_did_not():
    assert {"delivered", "read"} == REACHED_STATES
    assert {"rejected", "undelivered", "failed"} == UNREACHED_STATES
