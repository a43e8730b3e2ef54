"""The stand-in takes SMS and tells their price, as the gateway's documents say; it counts parts by itself."""

from xml.etree.ElementTree import fromstring

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sandbox.conftest import Post
from viber_messaging.sandbox import Sandbox
from viber_messaging.sandbox.wire import sms as stand_in
from viber_messaging.text import sms

PHONE = "+380971234567"


def msg(text: str = "Привіт", phone: str = PHONE, more: str = "", type: str = "0", id: int = 1) -> str:  # noqa: A002
    return f'<msg id="{id}" recipient="{phone}" sender="SMSTest"{more} type="{type}">{text}</msg>'


def sms_package(*msgs: str) -> str:
    return f"<message>{''.join(msgs)}</message>"


def test_an_sms_is_answered_as_in_the_documents(sandbox: Sandbox, post: Post):
    answer = fromstring(post(sms_package(msg("ж" * 71))).content)
    found = answer.find("message/msg")
    assert (found.text, found.get("sms_count"), found.get("msg_id")) == ("1", "2", None)
    assert found.get("sms_id") == str(sandbox.accepted[1].msg_id)
    assert sandbox.accepted[1].channel == "sms"


def test_the_ids_of_viber_messages_and_sms_are_one_list(sandbox: Sandbox, post: Post):
    post(sms_package(msg()))
    again = f'<msg id="1"><phone>{PHONE}</phone><sender>SMSTest</sender><type>text</type><text>x</text></msg>'
    answer = fromstring(post(f"<message-viber>{again}</message-viber>").content)
    assert answer.findtext("message-viber/msg") == "208"


@pytest.mark.parametrize(
    ("one", "code"),
    [
        (msg(phone="0971234567"), "203"),
        (msg(type="1"), "200"),
        (msg(text="ж" * 671), "204"),
        (msg().replace("SMSTest", "?"), "202"),
    ],
)
def test_an_sms_against_the_rules_is_refused(sandbox: Sandbox, post: Post, one: str, code: str):
    found = fromstring(post(sms_package(one)).content).find("message/msg")
    assert (found.text, found.get("sms_id"), found.get("sms_count")) == (code, "0", "1")
    assert not sandbox.accepted


@pytest.mark.parametrize(
    "one",
    [
        "<msg/>",
        msg(text=""),
        msg(more=' flash="1"'),
        msg(more=' date_beg="tomorrow"'),
        msg(more=' date_end="2024-11-31T12:00"'),
        "<sms/>",
    ],
)
def test_what_is_no_sms_is_refused_as_a_whole(post: Post, one: str):
    assert fromstring(post(sms_package(one)).content).findtext("error") == "201"


def test_prices_are_told_but_for_the_number_without_one(post: Post):
    answer = post(f"<prices><phone>{PHONE}</phone><phone>+380990000310</phone></prices>")
    phones = fromstring(answer.content).findall("prices/phone")
    assert [(phone.text, phone.get("price"), phone.get("currency")) for phone in phones] == [(PHONE, "0.95", "UAH")]


def test_an_sms_costs_its_parts(sandbox: Sandbox, post: Post):
    def balance() -> float:
        return float(fromstring(post("<balance/>").content).findtext("balance/amount") or 0)

    before = balance()
    post(sms_package(msg("ж" * 135)))
    assert round(before - balance(), 2) == round(3 * 0.95, 2)


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=300) | st.text("aZ €[ж👍", max_size=300))
def test_it_counts_as_many_parts_or_one_fewer(text: str):
    """A phone never splits a character that takes two places; the stand-in does."""
    if text:
        assert sms.count_parts(text) - stand_in.count_parts(text) in (0, 1)
