"""The command message-viber: what is accepted, what is refused, and that it happens once."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
import requests

from tests.sandbox.conftest import msg, send
from viber_messaging.sandbox import Sandbox

BUTTON = {"type": "button", "button": "Open", "url": "https://page.url", "image": "https://image.url/image.png"}


def test_two_messages_are_answered_as_the_documents_show(answer_to):
    expected = (
        '<message-viber><msg id="1234" msg_id="1234568">1</msg><msg id="4321" msg_id="1234569">1</msg></message-viber>'
    )
    assert answer_to(send(msg(1234), msg(4321))) == expected


def test_an_answer_is_http_200_and_labelled_json(post):
    response = post(send(msg()))
    assert (response.status_code, response.headers["Content-Type"]) == (200, "application/json")


def test_an_accepted_message_stands_in_the_book_as_it_was_written(sandbox, post):
    post(send(msg(7, text="Ціна < 5 & > 3", **{**BUTTON, "type": "image"})))
    message = sandbox.accepted[7]
    assert (message.text, message.type, message.button) == ("Ціна < 5 & > 3", "image", "Open")
    assert (message.msg_id, message.url, message.image) == (1234568, BUTTON["url"], BUTTON["image"])
    assert sandbox.times_accepted(7) == 1


def test_a_repeated_id_is_answered_208_and_sends_nothing(sandbox, answer_to):
    answer_to(send(msg(1, text="first")))
    assert answer_to(send(msg(1, text="second"))) == '<message-viber><msg id="1" msg_id="0">208</msg></message-viber>'
    assert sandbox.accepted[1].text == "first"
    assert (sandbox.times_accepted(1), sandbox.submissions[1]) == (1, 2)


def test_an_id_that_stands_twice_in_one_package_is_accepted_once(sandbox, answer_to):
    assert "208" in answer_to(send(msg(1), msg(1)))
    assert sandbox.times_accepted(1) == 1


def test_one_id_posted_from_eight_threads_at_once_is_accepted_once(sandbox):
    body = f'<package key="sandbox">{send(*(msg(reference) for reference in range(1, 51)))}</package>'
    with ThreadPoolExecutor(8) as pool:
        responses = list(pool.map(lambda _: requests.post(sandbox.url, data=body, timeout=5).text, range(8)))
    assert sum(text.count(">1</msg>") for text in responses) == 50
    assert sum(text.count(">208</msg>") for text in responses) == 350
    assert {sandbox.times_accepted(reference) for reference in range(1, 51)} == {1}
    assert len({message.msg_id for message in sandbox.accepted.values()}) == 50


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"phone": "0971234567"}, 203),
        ({"phone": "+0971234567"}, 203),
        ({"phone": "+٣٨٠٩٧١٢٣٤٥٦٧"}, 203),
        ({"phone": ""}, 203),
        ({"sender": "ab"}, 202),
        ({"sender": "twelve chars"}, 202),
        ({"sender": "Магазин"}, 202),
        ({"sender": "Sh(op)"}, 202),
        ({"sender": ""}, 202),
        ({"type": "video"}, 200),
        ({"type": ""}, 200),
        ({"text": "x" * 1001}, 204),
        ({"text": " \n "}, 204),
        ({"text": ""}, 204),
        ({**BUTTON, "button": "x" * 20}, 204),
        ({**BUTTON, "button": ""}, 200),
        ({**BUTTON, "url": ""}, 200),
        ({**BUTTON, "url": "javascript:alert(1)"}, 200),
        ({**BUTTON, "image": ""}, 200),
        ({"type": "image"}, 200),
        ({"type": "image", "image": "https://image.url/image.webp"}, 200),
        ({"type": "image", "image": "https://[/image.png"}, 200),
        ({"type": "text", "image": "https://image.url/image.png"}, 200),
    ],
)
def test_a_field_against_the_rules_is_refused_with_its_code(sandbox, answer_to, fields, code):
    assert answer_to(send(msg(1, **fields))) == f'<message-viber><msg id="1" msg_id="0">{code}</msg></message-viber>'
    assert not sandbox.accepted
    assert sandbox.times_accepted(1) == 0


@pytest.mark.parametrize(
    "fields",
    [
        {"text": "😀" * 1000},
        {"sender": "A b.c-d_e 1"},
        {"type": "image", "image": "https://image.url/IMAGE.JPEG?size=2"},
        {"type": "image", "url": "https://page.url", "image": "https://image.url/a.gif"},
        {**BUTTON, "button": "x" * 19},
    ],
)
def test_a_field_within_the_rules_is_accepted(sandbox, post, fields):
    post(send(msg(1, **fields)))
    assert sandbox.times_accepted(1) == 1


@pytest.mark.parametrize("reference", ["abc", "1.5", "", "-1", "1" * 19])
def test_an_id_that_is_no_integer_is_refused_201(answer_to, reference):
    assert answer_to(send(msg(reference))).endswith('msg_id="0">201</msg></message-viber>')


def test_a_refused_message_leaves_the_others_of_its_package_alone(sandbox, post):
    post(send(msg(1), msg(2, phone="no"), msg(3)))
    assert list(sandbox.accepted) == [1, 3]


def test_a_sender_that_is_not_registered_is_refused_202(session):
    with Sandbox(unregistered_senders=["NewShop"]) as sandbox:
        body = f'<package key="sandbox">{send(msg(1, sender="NewShop"))}</package>'
        assert ">202</msg>" in session.post(sandbox.url, data=body, timeout=5).text


def test_an_exhausted_balance_refuses_the_rest_206(session):
    with Sandbox(balance=Decimal("0.90"), price=Decimal("0.40")) as sandbox:
        body = f'<package key="sandbox">{send(msg(1), msg(2), msg(3))}<balance></balance></package>'
        text = session.post(sandbox.url, data=body, timeout=5).text
        assert '<msg id="3" msg_id="0">206</msg>' in text
        assert "<balance><amount>0.100</amount><currency>UAH</currency></balance>" in text


def test_the_wrapper_and_the_balance_can_be_answered_in_their_other_forms(session):
    with Sandbox(answer_wrapper="message", is_balance_bare=True, balance=Decimal(5)) as sandbox:
        body = f'<package key="sandbox">{send(msg(1))}<balance></balance></package>'
        text = session.post(sandbox.url, data=body, timeout=5).text
        assert '<message><msg id="1" msg_id="1234568">1</msg></message>' in text
        assert "<balance>4.600</balance><currency>UAH</currency>" in text


def test_a_forgotten_id_is_accepted_again_and_counted_again(sandbox, post):
    post(send(msg(1)))
    sandbox.forget(1)
    post(send(msg(1)))
    assert sandbox.times_accepted(1) == 2
