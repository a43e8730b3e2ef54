"""Answers of the gateway, or of whatever stands at its address; they also have a second reader to compare with."""

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from typing import Any
from urllib.parse import quote
from xml.etree.ElementTree import ParseError
from zoneinfo import ZoneInfo

from tests.fuzz import readers
from tests.fuzz.target import FOLDER, Target
from tests.gateway import naive
from tests.gateway.documents import IDS

KEY = "canary-key"
TEXT = "Зелений\nчай"
REPEATED = f" {KEY} {TEXT} {json.dumps(TEXT)} {quote(TEXT)}"
KYIV = ZoneInfo("Europe/Kyiv")
STATUSES = (200, 302, 404, 429, 500)
LONGEST_EXCERPT = 200

send = partial(readers.decode_send, expected_ids=IDS)
status = partial(readers.decode_status, expected_ids=IDS, time_zone=KYIV)


def read(body: bytes) -> None:
    told = excerpt_of(body)
    for decode in (send, status, readers.decode_balance):
        with suppress(readers.OutcomeUnknown):
            decode(body)
        for number in STATUSES:
            judge(body, number, decode, told)
    compare(body)


def excerpt_of(body: bytes) -> str:
    """Return an excerpt of an answer that repeats the request, and check that it keeps neither its key nor its text.

    The fuzzer learns the text and glues letters to its words, which makes other words of them.
    """
    excerpt = partial(readers.excerpt, key=KEY, sent=[TEXT])
    told, alone = excerpt(body + REPEATED.encode()), excerpt(body)
    assert len(told) <= LONGEST_EXCERPT
    assert told.isprintable()
    assert KEY not in told
    assert not [word for word in TEXT.split() if word in told and word not in alone]
    return told


def judge(body: bytes, number: int, decode: Callable[[bytes], readers.Answer[Any]], told: str) -> None:
    """Judge the answer; what looks like a header is one that asks to wait."""
    reply = readers.HttpReply(status=number, body=readers.HiddenBytes(body), retry_after=body[:40].decode("latin-1"))
    wait = None
    try:
        readers.judge(reply, decode, told)
    except readers.GatewayError as error:
        wait = error.retry_after_seconds
    assert wait is None or 1 <= wait <= 3600


def compare(body: bytes) -> None:
    """Compare what is read with what the second reader finds, if both can read the answer."""
    try:
        sent, told, balance = send(body), status(body), readers.decode_balance(body)
        expected_sent, expected_told = naive.read_send(body, IDS), naive.read_status(body, IDS, KYIV)
        expected_balance = naive.read_balance(body)
    except (readers.OutcomeUnknown, ParseError, LookupError, ValueError):
        return
    assert (dict(sent.content), sent.error_code) == expected_sent
    assert (timeless(told.content), told.error_code) == (timeless(expected_told[0]), expected_told[1])
    found = balance.content and (balance.content.amount, balance.content.currency)
    assert (found, balance.error_code) == expected_balance


def timeless(results: Mapping[int, Any]) -> dict[int, Any]:
    """Return statuses without their times, because the second reader knows fewer ways to write one."""
    return {id_: tuple(result)[:4] for id_, result in results.items()}


ANSWERS = Target(
    name="answers",
    read=read,
    others=sorted((FOLDER.parent / "gateway" / "golden").glob("reply_*.xml")),
)
