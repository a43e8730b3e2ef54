"""Faults planned by name, whatever the phone."""

import pytest

from tests.sandbox.conftest import ask, msg, send


def test_a_planned_fault_meets_the_next_request_and_no_other(sandbox, answer_to):
    sandbox.fail_next("error-212")
    assert answer_to(send(msg(1))) == "<error>212</error>"
    assert ">1</msg>" in answer_to(send(msg(1)))


def test_a_fault_can_be_planned_several_times(sandbox, post):
    sandbox.fail_next("http-503", times=2)
    assert [post(send(msg(1))).status_code for _ in range(3)] == [503, 503, 200]


def test_plans_are_met_in_the_order_of_their_making(sandbox, post):
    sandbox.fail_next("http-503")
    sandbox.fail_next("http-429")
    assert [post(send(msg(1))).status_code for _ in range(3)] == [503, 429, 200]


def test_a_fault_planned_for_one_command_lets_the_others_pass(sandbox, post):
    sandbox.fail_next("http-500", command="status")
    assert [post(one).status_code for one in (send(msg(1)), "<balance></balance>", ask(1), ask(1))] == [
        200,
        200,
        500,
        200,
    ]


def test_a_refusal_can_be_planned_for_any_phone_and_waits_for_a_send(sandbox, answer_to):
    sandbox.fail_next("refused-206")
    answer_to("<balance></balance>")
    assert answer_to(send(msg(1), msg(2))).count(">206</msg>") == 2


def test_a_fate_can_be_planned_for_any_phone(sandbox, post):
    sandbox.fail_next("undelivered")
    post(send(msg(1)))
    sandbox.advance(60)
    assert sandbox.status_code(1) == 105


def test_a_planned_oddity_concerns_every_message(sandbox, answer_to):
    sandbox.fail_next("left-out")
    assert answer_to(send(msg(1), msg(2))) == "<message-viber></message-viber>"
    assert list(sandbox.accepted) == [1, 2]


def test_everything_fails_until_it_is_told_to_stop(sandbox, post):
    sandbox.fail_all("http-500")
    assert [post(one).status_code for one in (send(msg(1)), ask(1), "<balance></balance>")] == [500, 500, 500]
    sandbox.fail_all(None)
    assert post(send(msg(1))).status_code == 200


def test_a_misspelt_scenario_is_told_with_the_nearest_names(sandbox):
    with pytest.raises(ValueError, match="lost-answer"):
        sandbox.fail_next("lost-anwser")


def test_a_reset_leaves_nothing_behind(sandbox, post):
    post(send(msg(1)))
    sandbox.fail_all("http-500")
    sandbox.fail_next("http-429")
    sandbox.advance(60)
    before = sandbox.clock()
    sandbox.reset()
    assert (len(sandbox.accepted), sandbox.request_count, sandbox.requests, sandbox.times_accepted(1)) == (0, 0, [], 0)
    assert sandbox.clock() == before - 60
    assert ">1</msg>" in post(send(msg(1))).text
