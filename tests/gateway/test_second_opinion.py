"""What our encoder writes, and what our decoder reads, compared with a second implementation, on invented documents.

``SECOND_OPINIONS=100000 .venv/bin/pytest tests/gateway/test_second_opinion.py`` compares more of them than each run.
"""

import os
import re
from datetime import UTC, datetime
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.gateway import naive
from tests.gateway.conftest import KYIV
from tests.gateway.documents import ANSWERS, IDS
from viber_messaging.gateway import codec
from viber_messaging.gateway.entities import OutgoingMessage
from viber_messaging.gateway.errors import UnsendableText

CASES = int(os.environ.get("SECOND_OPINIONS") or ("2000" if os.environ.get("HYPOTHESIS_PROFILE") == "ci" else "120"))
"""The documents of each run, half of them requests and half of them answers."""
FIELDS = ("phone", "sender", "type", "text", "button", "url", "image")
"""The children of a message, in the order of the documentation."""

AWKWARD = "<&>]\"'\r\n\t \x00\x0b\x85\ufffe\ud800\U0001f44d"
ANYTHING = st.text(st.characters(), max_size=20) | st.text(AWKWARD, max_size=9)
CONTENT = st.text(st.characters(exclude_categories=["Cc", "Cs", "Cn"]), max_size=20) | st.just("")
MOMENTS = st.none() | st.datetimes(datetime(2000, 1, 2), datetime(2099, 12, 30), timezones=st.just(UTC))
MESSAGES = st.builds(
    OutgoingMessage,
    id=st.integers(0, 10**19),
    **dict.fromkeys(FIELDS, CONTENT | CONTENT | CONTENT | ANYTHING),
    date_beg=MOMENTS,
)
SMS = st.builds(
    OutgoingMessage,
    id=st.integers(0, 10**19),
    phone=CONTENT,
    sender=CONTENT,
    type=st.just("text"),
    text=CONTENT | ANYTHING,
    date_beg=MOMENTS,
    channel=st.just("sms"),
)
KEYS = st.text(st.characters(exclude_categories=["Cc", "Cs", "Cn"]), min_size=1, max_size=12)
REFERENCES = st.lists(st.integers(0, 10**19), max_size=5)


def expected(message: OutgoingMessage) -> list[tuple[str, str]]:
    """Return what the gateway must find in a ``<msg>``: attributes and children, with the line ends of XML."""
    pairs = [("id", str(message.id)), *date_of(message)]
    values = [(name, re.sub("\r\n?", "\n", getattr(message, name))) for name in FIELDS]
    return pairs + [(name, value) for name, value in values if value or name in FIELDS[:4]]


def date_of(message: OutgoingMessage) -> list[tuple[str, str]]:
    """Return the attribute with a message's time, if it has one."""
    return [("date_beg", f"{message.date_beg.astimezone(KYIV):%Y-%m-%dT%H:%M}")] if message.date_beg else []


@settings(max_examples=CASES // 4)
@given(st.lists(SMS, min_size=1, max_size=3), KEYS)
def test_an_sms_is_what_a_second_reader_finds(messages: list[OutgoingMessage], key: str):
    if not all(naive.can_be_sent(message.text) for message in messages):
        with pytest.raises(UnsendableText):
            codec.encode_send(messages, key=key, time_zone=KYIV)
        return
    root = ElementTree.fromstring(codec.encode_send(messages, key=key, time_zone=KYIV))
    assert [(command.tag, len(command)) for command in root] == [("message", len(messages))]
    for message, msg in zip(messages, root[0], strict=True):
        attributes = {"id": str(message.id), "recipient": message.phone, "sender": message.sender, "type": "0"}
        assert msg.attrib == attributes | dict(date_of(message))
        assert (msg.text or "") == re.sub("\r\n?", "\n", message.text)


@settings(max_examples=CASES // 2)
@given(st.lists(MESSAGES, max_size=3), KEYS, REFERENCES)
def test_what_is_written_is_what_a_second_reader_finds(messages: list[OutgoingMessage], key: str, ids: list[int]):
    references = [[("id", str(each))] for each in ids]
    assert naive.read_request(codec.encode_status(ids, key=key)) == (key, "status", references)
    assert naive.read_request(codec.encode_delete(ids, key=key)) == (key, "delete", references)
    assert naive.read_request(codec.encode_balance(key=key)) == (key, "balance", [])
    if all(naive.can_be_sent(getattr(message, name)) for message in messages for name in FIELDS):
        document = codec.encode_send(messages, key=key, time_zone=KYIV)
        assert naive.read_request(document) == (key, "message-viber", list(map(expected, messages)))
    else:
        with pytest.raises(UnsendableText):
            codec.encode_send(messages, key=key, time_zone=KYIV)


@settings(max_examples=CASES // 2)
@given(ANSWERS)
def test_an_answer_means_what_a_second_reader_finds_in_it(document: bytes):
    sent = codec.decode_send(document, expected_ids=IDS)
    assert (dict(sent.content), sent.error_code) == naive.read_send(document, IDS)
    status = codec.decode_status(document, expected_ids=IDS, time_zone=KYIV)
    assert (dict(status.content), status.error_code) == naive.read_status(document, IDS, KYIV)
    balance = codec.decode_balance(document)
    found = balance.content and (balance.content.amount, balance.content.currency)
    assert (found, balance.error_code) == naive.read_balance(document)


@given(st.dictionaries(st.sampled_from(IDS), st.tuples(st.integers(-999, 999), st.integers(1, 10**19))))
def test_what_a_second_writer_means_is_what_is_read(said: dict[int, tuple[int, int]]):
    msgs = [({"id": str(id_), "msg_id": str(number)}, f" {code} ") for id_, (code, number) in said.items()]
    results = codec.decode_send(naive.write_answer("message-viber", msgs), expected_ids=IDS).content
    assert {id_: (result.code, int(result.msg_id)) for id_, result in results.items()} == said
