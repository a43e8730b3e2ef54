"""The commands status, delete and balance, and time."""

import pytest

from tests.sandbox.conftest import ask, msg, send

KNOWN = 'id="1" sms_id="1234568" sms_count="1"'


def test_a_message_is_received_then_en_route_then_delivered_with_its_time_in_kyiv(sandbox, answer_to):
    answer_to(send(msg(1)))
    assert answer_to(ask(1)) == f"<status><msg {KNOWN}>1</msg></status>"
    sandbox.advance(1)
    assert answer_to(ask(1)) == f"<status><msg {KNOWN}>101</msg></status>"
    sandbox.advance(1)
    delivered = f'<status><msg {KNOWN} date_completed="2025-11-24T18:00:02">102</msg></status>'
    assert answer_to(ask(1)) == delivered
    sandbox.advance(3600)
    assert answer_to(ask(1)) == delivered


def test_a_message_is_known_by_the_gateways_number_too(answer_to):
    answer_to(send(msg(1)))
    assert answer_to('<status><msg sms_id="1234568"></msg></status>') == f"<status><msg {KNOWN}>1</msg></status>"


@pytest.mark.parametrize("asked", ['id="9"', 'sms_id="9"', 'id="abc"'])
@pytest.mark.parametrize("command", ["status", "delete"])
def test_an_unknown_id_is_answered_201(answer_to, command, asked):
    assert answer_to(f"<{command}><msg {asked}></msg></{command}>") == f"<{command}><msg {asked}>201</msg></{command}>"


def test_a_scheduled_message_waits_for_its_hour_in_kyiv(sandbox, answer_to):
    answer_to(send(msg(1, date_beg="2025-11-24T19:00")))
    sandbox.advance(3599)
    assert ">100</msg>" in answer_to(ask(1))
    sandbox.advance(1)
    assert ">1</msg>" in answer_to(ask(1))
    sandbox.advance(2)
    assert 'date_completed="2025-11-24T19:00:02">102<' in answer_to(ask(1))


def test_a_date_in_the_past_sends_at_once(answer_to):
    answer_to(send(msg(1, date_beg="2020-01-01T00:00")))
    assert ">1</msg>" in answer_to(ask(1))


def test_a_scheduled_message_can_be_deleted_and_stays_so(sandbox, answer_to):
    answer_to(send(msg(1, date_beg="2025-11-24T19:00")))
    deleted = f'<msg {KNOWN} date_completed="2025-11-24T18:00:00">104</msg>'
    assert answer_to('<delete><msg id="1"></msg></delete>') == f"<delete>{deleted}</delete>"
    sandbox.advance(7200)
    assert answer_to(ask(1)) == f"<status>{deleted}</status>"
    assert ">208</msg>" in answer_to(send(msg(1)))


def test_a_message_on_its_way_is_too_late_to_delete(sandbox, answer_to):
    answer_to(send(msg(1)))
    sandbox.advance(1)
    assert answer_to('<delete><msg id="1"></msg></delete>') == f"<delete><msg {KNOWN}>211</msg></delete>"
    assert sandbox.status_code(1) == 101


def test_the_balance_falls_by_the_price_of_each_accepted_message(answer_to):
    answer_to(send(msg(1), msg(2), msg(3, phone="no")))
    expected = "<balance><amount>999999.200</amount><currency>UAH</currency></balance>"
    assert answer_to("<balance></balance>") == expected


def test_several_commands_of_a_package_are_answered_in_their_order(answer_to):
    answer = answer_to(send(msg(1)), ask(1), "<balance></balance>")
    assert answer.index("message-viber") < answer.index("status") < answer.index("balance")


def test_the_clock_can_be_replaced(sandbox, post):
    post(send(msg(1)))
    now = sandbox.clock()
    sandbox.clock = lambda: now + 10
    assert sandbox.status_code(1) == 102
