"""Answers are matched by id, read leniently, and believed only where they are clear."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from tests.gateway.conftest import KYIV
from viber_messaging.gateway import codec
from viber_messaging.gateway.entities import Balance, Price, SendResult, StatusResult

GOLDEN = Path(__file__).parent / "golden"
IDS = [1234, 4321]


def golden(name: str) -> bytes:
    return (GOLDEN / f"reply_{name}.xml").read_bytes()


def sent(body: bytes | str, ids: list[int] = IDS) -> dict[int, SendResult]:
    body = body.encode() if isinstance(body, str) else body
    return dict(codec.decode_send(body, expected_ids=ids).content)


def sent_msgs(msgs: str, ids: list[int] = IDS) -> dict[int, SendResult]:
    return sent(f"<package><message-viber>{msgs}</message-viber></package>", ids)


def status_of(attributes: str, code: str = "102") -> StatusResult:
    body = f'<package><status><msg id="1234" {attributes}>{code}</msg></status></package>'
    return codec.decode_status(body.encode(), expected_ids=IDS, time_zone=KYIV).content[1234]


BOTH_ACCEPTED = {
    1234: SendResult(id=1234, code=1, msg_id="1234568"),
    4321: SendResult(id=4321, code=1, msg_id="1234569"),
}


@pytest.mark.parametrize("name", ["send_viber", "send_viber_wrapped_as_the_table_says"])
def test_the_documents_answer_to_a_send_is_read_in_either_wrapper(name: str):
    answer = codec.decode_send(golden(name), expected_ids=IDS)
    assert answer.content == BOTH_ACCEPTED
    assert answer.error_code is None


def test_a_refused_message_has_its_code_and_no_number():
    assert sent(golden("send_viber_wrong_id"), [7777]) == {7777: SendResult(id=7777, code=201, msg_id="")}


def test_the_answer_to_sms_has_their_numbers_and_parts():
    assert sent(golden("send_sms")) == {
        1234: SendResult(id=1234, code=1, msg_id="1234568", sms_count=1),
        4321: SendResult(id=4321, code=1, msg_id="1234569", sms_count=2),
    }


def test_a_refused_sms_has_its_code_and_no_number():
    assert sent(golden("send_sms_wrong_id"), [7777]) == {7777: SendResult(id=7777, code=201, msg_id="", sms_count=1)}


def test_prices_are_read_by_phone():
    prices = codec.decode_prices(golden("prices"), asked=["+380971234567", "+380501234567", "+380631112233"]).content
    assert prices == {
        "+380971234567": Price(amount=Decimal("0.28"), currency="UAH"),
        "+380501234567": Price(amount=Decimal("1.6"), currency="UAH"),
    }


@pytest.mark.parametrize("price", ["", "abc", "-1", "NaN", "1,5", "1" * 40])
def test_a_price_that_cannot_be_read_is_left_out(price: str):
    body = f'<package><prices><phone price="{price}" currency="UAH">+380971234567</phone></prices></package>'
    assert not codec.decode_prices(body.encode(), asked=["+380971234567"]).content


def test_a_message_that_the_answer_leaves_out_is_left_out():
    assert list(sent(golden("send_viber_one"))) == [1234]


@pytest.mark.parametrize("name", ["status", "delete"])
def test_the_documents_answer_to_a_status_or_delete_is_read(name: str):
    answer = codec.decode_status(golden(name), expected_ids=IDS, time_zone=KYIV)
    noon = datetime(2024, 11, 11, 12, tzinfo=KYIV)
    assert answer.content == {
        1234: StatusResult(id=1234, code=102, sms_id="1234568", sms_count=1, date_completed=noon),
        4321: StatusResult(id=4321, code=1, sms_id="1234569", sms_count=1),
    }
    assert answer.content[1234].date_completed == datetime(2024, 11, 11, 10, tzinfo=UTC)


def test_a_deletion_that_comes_too_late_is_a_result():
    answer = codec.decode_status(golden("delete_too_late"), expected_ids=IDS, time_zone=KYIV)
    assert answer.content[1234].code == 211


@pytest.mark.parametrize("name", ["balance", "balance_bare", "balance_bare_inside"])
def test_a_balance_is_read_as_documented_and_as_seen(name: str):
    assert codec.decode_balance(golden(name)).content == Balance(amount=Decimal("10.526"), currency="UAH")


@pytest.mark.parametrize("inside", ["10.5<currency>UAH</currency>", "<currency>UAH</currency> 10.5 "])
def test_a_bare_amount_may_stand_on_either_side_of_the_currency(inside: str):
    body = f"<package><balance>{inside}</balance></package>".encode()
    assert codec.decode_balance(body).content == Balance(amount=Decimal("10.5"), currency="UAH")


@pytest.mark.parametrize("amount", ["", "abc", "NaN", "Infinity", "1,5", "--1", "1" * 40])
def test_an_unreadable_balance_is_none(amount: str):
    body = f"<package><balance><amount>{amount}</amount></balance></package>".encode()
    assert codec.decode_balance(body).content is None


@pytest.mark.parametrize(("written", "amount"), [("-3.5", "-3.5"), (" 0 ", "0"), ("5.0E-5", "0.00005")])
def test_a_balance_may_be_small_or_negative(written: str, amount: str):
    body = f"<package><balance><amount>{written}</amount></balance></package>".encode()
    assert codec.decode_balance(body).content == Balance(amount=Decimal(amount), currency="")


def test_a_request_refused_as_a_whole_has_an_error_and_no_results():
    for answer in (
        codec.decode_send(golden("error"), expected_ids=IDS),
        codec.decode_status(golden("error"), expected_ids=IDS, time_zone=KYIV),
        codec.decode_balance(golden("error")),
        codec.decode_prices(golden("error"), asked=["+380971234567"]),
    ):
        assert answer.error_code == 202
        assert not answer.content


def test_results_beside_an_error_are_honoured():
    body = b'<package><error>212</error><message-viber><msg id="1234" msg_id="5">1</msg></message-viber></package>'
    answer = codec.decode_send(body, expected_ids=IDS)
    assert answer.error_code == 212
    assert answer.content == {1234: SendResult(id=1234, code=1, msg_id="5")}


def test_order_white_space_and_namespaces_do_not_matter():
    body = """<v:package xmlns:v="urn:x"> <v:message-viber>
        <v:msg msg_id=" 1234569 " id=" 4321 "> 1
        </v:msg> <other/> <v:msg id="01234" msg_id="1234568"><![CDATA[1]]></v:msg> </v:message-viber> </v:package>"""
    assert sent(body) == BOTH_ACCEPTED


@pytest.mark.parametrize(
    ("written", "code"),
    [("201 ", 201), ("0201", 201), ("\n1\t", 1), ("-1", -1), ("99999", 99999), ("<!-- c -->1", 1)],
)
def test_a_code_is_carried_as_its_number_whatever_it_means(written: str, code: int):
    assert sent_msgs(f'<msg id="1234">{written}</msg>')[1234].code == code


@pytest.mark.parametrize(
    ("written", "code"), [("1<parts>2</parts>", 1), ("<parts>2</parts>\n1\n", 1), ("10<parts/>2", 102)]
)
def test_a_code_beside_an_element_is_read_as_a_whole(written: str, code: int):
    assert sent_msgs(f'<msg id="1234">{written}</msg>')[1234].code == code


@pytest.mark.parametrize("written", ["", " ", "abc", "1 OK", "1.0", "1_0", "+1", "١", "9" * 5000])
def test_a_message_without_a_readable_code_is_left_out(written: str):
    assert sent_msgs(f'<msg id="1234">{written}</msg>') == {}


@pytest.mark.parametrize("attributes", ["", 'id=""', 'id="abc"', 'id="-1234"', 'id="1234.0"', 'id="99999"'])
def test_an_id_that_was_not_asked_about_is_ignored(attributes: str):
    assert sent_msgs(f'<msg {attributes} msg_id="5">1</msg>') == {}


def test_ids_that_were_not_asked_about_are_logged_by_their_count(caplog: pytest.LogCaptureFixture):
    sent_msgs('<msg id="5">1</msg><msg id="6">1</msg>')
    assert [record.getMessage() for record in caplog.records] == [
        "The gateway's answer contains 2 ids that were not requested."
    ]


def test_the_same_id_twice_with_the_same_code_is_one_result():
    assert sent_msgs('<msg id="1234" msg_id="7">1</msg><msg id="1234" msg_id="7">01</msg>') == {
        1234: SendResult(id=1234, code=1, msg_id="7")
    }


@pytest.mark.parametrize("second", ["203", "", "abc"])
def test_the_same_id_with_two_codes_is_unclear_and_left_out(second: str):
    assert sent_msgs(f'<msg id="1234">1</msg><msg id="1234">{second}</msg>') == {}


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("&#9;=1+1", "_1_1"),
        ("12&#10;34", "12_34"),
        ("a\u202eb", "a_b"),
        ("&lt;b&gt;", "_b_"),
        ("١٢", "__"),
        ("7f-3A", "7f_3A"),
    ],
)
def test_of_the_gateway_s_number_letters_and_digits_are_kept(said: str, kept: str):
    assert sent_msgs(f'<msg id="1234" msg_id="{said}">1</msg>')[1234].msg_id == kept


@pytest.mark.parametrize("attribute", ["", 'msg_id=""', 'msg_id="0"', 'msg_id=" "', 'sms_id="0"'])
def test_an_accepted_message_without_a_number_is_accepted(attribute: str):
    assert sent_msgs(f'<msg id="1234" {attribute}>1</msg>') == {1234: SendResult(id=1234, code=1, msg_id="")}


def test_a_number_that_is_far_too_long_is_cut():
    assert sent_msgs(f'<msg id="1234" msg_id="{"9" * 500}">1</msg>')[1234].msg_id == "9" * 64


@pytest.mark.parametrize("date", ["", "soon", "2024-13-01T00:00:00", "0000-00-00 00:00:00", "0001-01-01T00:00:00"])
def test_a_date_that_no_calendar_or_database_has_is_none(date: str):
    assert status_of(f'date_completed="{date}"').date_completed is None


def test_a_date_with_an_offset_keeps_it():
    moment = status_of('date_completed="2024-11-11T12:00:00+00:00"').date_completed
    assert moment == datetime(2024, 11, 11, 12, tzinfo=UTC)


@pytest.mark.parametrize(("count", "expected"), [("2", 2), ("", None), ("x", None), ("-1", None), ("9" * 20, None)])
def test_a_count_is_a_number_or_none(count: str, expected: int | None):
    assert status_of(f'sms_count="{count}"').sms_count == expected


def test_an_error_without_a_number_is_no_error_code():
    assert codec.decode_send(b"<package><error>abc</error></package>", expected_ids=IDS).error_code is None
