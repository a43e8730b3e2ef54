"""What is written is what the gateway's documents show, and whatever XML can carry arrives as it was."""

import re
from datetime import UTC, datetime
from pathlib import Path
from xml.etree.ElementTree import canonicalize, fromstring

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.gateway.conftest import CANARY_TEXT, KYIV, outgoing
from viber_messaging.gateway import codec
from viber_messaging.gateway.entities import Channel
from viber_messaging.gateway.errors import UnsendableText

GOLDEN = Path(__file__).parent / "golden"
DOCUMENTS_KEY = "bb56a4369eb19***cfec6d1776bd25"
EXAMPLE = outgoing(id=1234, text="Message text to be sent via Viber")
PICTURE = {"image": "https://image.url/image.png"}
BUTTON = PICTURE | {"button": "Caption", "url": "https://page.url"}
BOTH_IDS = [1234, 4321]
SMS = {"text": "Message text to be sent via SMS", "channel": Channel.SMS}
PHONES = ["+380971234567", "+380501234567"]


def example(**fields: object):
    return outgoing(**{"id": 1234, "text": EXAMPLE.text} | fields)


def send(*messages, key: str = DOCUMENTS_KEY) -> bytes:
    return codec.encode_send(messages, key=key, time_zone=KYIV)


@pytest.mark.parametrize(
    ("golden", "document"),
    [
        ("send_viber", send(EXAMPLE, example(id=4321, phone="+380501234567"))),
        ("scheduled_viber", send(example(date_beg=datetime(2024, 11, 30, 10, 0, 59, tzinfo=UTC)))),
        ("viber_image", send(example(type="image", **PICTURE))),
        ("viber_image_button", send(example(type="image", **BUTTON))),
        ("viber_button", send(example(type="button", **BUTTON))),
        ("send_sms", send(example(**SMS), example(id=4321, phone="+380501234567", **SMS))),
        ("scheduled_sms", send(example(date_beg=datetime(2024, 11, 30, 10, 0, 59, tzinfo=UTC), **SMS))),
        ("prices", codec.encode_prices(PHONES, key=DOCUMENTS_KEY)),
        ("status", codec.encode_status(BOTH_IDS, key=DOCUMENTS_KEY)),
        ("delete", codec.encode_delete(BOTH_IDS, key=DOCUMENTS_KEY)),
        ("balance", codec.encode_balance(key=DOCUMENTS_KEY)),
    ],
)
def test_a_request_is_the_documents_example(golden: str, document: bytes):
    expected = (GOLDEN / f"request_{golden}.xml").read_text()
    assert canonicalize(document.decode(), strip_text=True) == canonicalize(expected, strip_text=True)
    assert document.startswith(b"<?xml version=")
    assert b"/>" not in document


def test_every_golden_request_is_compared():
    compared = {mark.args[1][i][0] for mark in test_a_request_is_the_documents_example.pytestmark for i in range(11)}
    assert {f"request_{name}.xml" for name in compared} == {path.name for path in GOLDEN.glob("request_*.xml")}


def test_one_request_never_mixes_sms_and_viber():
    with pytest.raises(ValueError, match="same channel"):
        send(EXAMPLE, example(**SMS))


def test_empty_elements_have_an_end_tag():
    assert b'<msg id="1234"></msg>' in codec.encode_status([1234], key="k")
    assert b"<balance></balance>" in codec.encode_balance(key="k")


def test_the_seasons_of_kyiv_are_minded_in_scheduled_times():
    winter, summer = datetime(2024, 1, 15, 12, tzinfo=UTC), datetime(2024, 7, 15, 12, tzinfo=UTC)
    document = send(example(date_beg=winter), example(date_beg=summer))
    assert re.findall(rb'date_beg="(.*?)"', document) == [b"2024-01-15T14:00", b"2024-07-15T15:00"]


def test_a_scheduled_time_without_a_zone_is_a_mistake_of_the_caller():
    with pytest.raises(ValueError, match="aware"):
        send(example(date_beg=datetime(2024, 1, 1)))


def test_ids_and_order_are_the_callers():
    document = send(*(example(id=number) for number in (3, 1, 2)))
    assert [msg.get("id") for msg in fromstring(document).iter("msg")] == ["3", "1", "2"]


@pytest.mark.parametrize("key", ['"', "'", "\"'", "<&>", "ключ", "]]>"])
def test_a_key_of_any_characters_arrives_as_it_is(key: str):
    assert fromstring(codec.encode_balance(key=key)).get("key") == key


@pytest.mark.parametrize(
    "text", ["]]>", "<![CDATA[x]]>", "&amp;", "\"'", "👍🏽 \U0001f468‍👩", "\t a \n b ", "a" * 1000]
)
def test_a_text_of_awkward_characters_arrives_as_it_is(text: str):
    assert fromstring(send(example(text=text))).findtext(".//text") == text


@pytest.mark.parametrize("line_end", ["\r\n", "\r", "\n"])
def test_every_kind_of_line_end_arrives_as_one_line_feed(line_end: str):
    assert fromstring(send(example(text=f"a{line_end}b"))).findtext(".//text") == "a\nb"


SENDABLE = st.text(st.characters(exclude_categories=["Cs"])).filter(lambda text: not codec.find_unsendable(text))


@given(text=SENDABLE, phone=SENDABLE, button=SENDABLE, key=SENDABLE.filter(str.isprintable))
def test_whatever_can_be_sent_arrives_as_it_was(text: str, phone: str, button: str, key: str):
    package = fromstring(send(example(text=text, phone=phone, button=button), key=key))
    arrived = [package.findtext(f".//{name}") or "" for name in ("text", "phone", "button")]
    assert arrived == [re.sub("\r\n?", "\n", sent) for sent in (text, phone, button)]
    assert package.get("key") == key


@given(st.text(st.characters(categories=["Cc", "Cs", "Cn", "Co", "L"])))
def test_find_unsendable_names_what_an_xml_parser_refuses(text: str):
    try:
        fromstring(f"<a>{text.replace('<', '').replace('&', '').replace(']]>', '')}</a>".encode())
        is_sendable = True
    except (UnicodeEncodeError, SyntaxError):
        is_sendable = False
    assert (codec.find_unsendable(text) == "") == is_sendable


@pytest.mark.parametrize("character", [*map(chr, [0, 8, 11, 31, 0xD800, 0xDFFF, 0xFFFE, 0xFFFF])])
def test_a_character_that_xml_cannot_carry_is_found(character: str):
    assert codec.find_unsendable(f"good{character}bad\0") == character


@pytest.mark.parametrize("text", ["", "\t\r\n", "\x7f\x85\ue000", "\U0010ffff", "Ї👍"])
def test_what_xml_can_carry_is_left_alone(text: str):
    assert codec.find_unsendable(text) == ""


@pytest.mark.parametrize("field", ["phone", "sender", "text", "button", "url", "image"])
def test_an_unsendable_text_is_told_by_its_id_and_code_point_only(field: str):
    with pytest.raises(UnsendableText) as caught:
        send(example(id=1), example(id=77, **{field: f"{CANARY_TEXT}\x07"}))
    assert "77" in str(caught.value)
    assert "U+0007" in str(caught.value)
    assert CANARY_TEXT not in str(caught.value)


def test_a_document_does_not_tell_itself_in_a_traceback():
    assert DOCUMENTS_KEY not in repr(send(EXAMPLE))
    assert DOCUMENTS_KEY not in str(send(EXAMPLE))
