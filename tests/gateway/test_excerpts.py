"""An excerpt is short, on one line, printable, and tells nothing of the request."""

import html
import json
import re
from collections.abc import Callable
from urllib.parse import quote
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viber_messaging.gateway.codec import excerpt

KEY = "canary-key-7f3a"


def test_an_excerpt_is_the_first_200_characters():
    assert excerpt(b"x" * 1000, key=KEY) == "x" * 200
    assert excerpt(b"short", key=KEY) == "short"
    assert excerpt(b"", key=KEY) == ""


def test_white_space_and_control_characters_become_one_space():
    assert excerpt("a\r\n\t\x1b[31m b\u202ec\x00d\ufffe e ".encode(), key=KEY) == "a [31m b cd e"


def json_of(text: str) -> str:
    return "".join(f"\\u{ord(character):04x}" for character in text)


def entities_of(text: str) -> str:
    return "".join(f"&#{ord(character)};" for character in text)


SPELLINGS = {
    "as it is": str,
    "HTML": html.escape,
    "XML": lambda text: escape(text, {'"': "&quot;", "'": "&apos;"}),
    "entities": entities_of,
    "hexadecimal entities": lambda text: "".join(f"&#x{ord(character):X};" for character in text),
    "a URL": lambda text: quote(text, safe=""),
    "all of a URL": lambda text: "".join(f"%{octet:02x}" for octet in text.encode()),
    "JSON": json_of,
    "JSON in HTML": lambda text: html.escape(json_of(text)),
    "entities in a URL": lambda text: quote(entities_of(text)),
}


@pytest.mark.parametrize("spell", SPELLINGS.values(), ids=SPELLINGS.keys())
@pytest.mark.parametrize("key", [KEY, "a<b&c>d", "a'b\"cd", "a b/c+d", "100%41&amp;b"])
def test_the_key_is_scrubbed_however_it_is_written(key: str, spell: Callable[[str], str]):
    assert excerpt(f"wrong key {spell(key)}!".encode(), key=key) == "wrong key [key]!"


def test_the_key_is_scrubbed_from_utf_16():
    assert KEY not in excerpt(f"<p>{KEY}</p>".encode("utf-16"), key=KEY)


PHONES = [
    "+380971234567", "380971234567", "+14155550123", "097 123-45-67", "(097) 123.45.67", "097\u2009123\u201145\u201167",
    "0 97 12 34 56 7", "١٢٣٤٥٦٧٨٩",
]  # fmt: skip


@pytest.mark.parametrize("phone", PHONES)
@pytest.mark.parametrize("spell", SPELLINGS.values(), ids=SPELLINGS.keys())
def test_phones_are_scrubbed_however_they_are_written(phone: str, spell: Callable[[str], str]):
    found = excerpt(f"no such number: {spell(phone)}.".encode(), key=KEY)
    assert found.startswith("no such number: ")
    assert not re.search(r"\d", found)


@pytest.mark.parametrize("spell", SPELLINGS.values(), ids=SPELLINGS.keys())
def test_nothing_that_the_request_held_is_kept(spell: Callable[[str], str]):
    held = ("Оксано, Ваш код: зелений чай", "Order for Olena Canary", "https://shop.example/olena")
    echo = " | ".join(map(spell, held))
    found = excerpt(f"<html>Bad Gateway {echo}</html>".encode(), key=KEY, sent=held)
    assert found.startswith("<html>Bad Gateway ")
    assert not re.search("Оксан|зелений|Olena|Canary|shop", found)


@pytest.mark.parametrize("is_ascii", [True, False])
@pytest.mark.parametrize("gap", ["\n", "\r\n", "\t", "\f", "\b", "/", '"', "\\"])
def test_no_word_of_the_request_is_kept_beside_an_escape_of_json(gap: str, is_ascii: bool):
    text = f"Оксано{gap}Canary{gap}зелений"
    found = excerpt(json.dumps({"error": "bad", "text": text}, ensure_ascii=is_ascii).encode(), key=KEY, sent=[text])
    assert found.startswith('{"error": "bad"')
    assert not re.search("Оксан|Canary|зелений", found)


def test_of_an_answer_the_names_and_the_codes_are_kept():
    answer = (
        '<package>\n <error>201</error><message><msg id="12345678901234" msg_id="1234568"> 1 </msg></message><balance/>'
    )
    kept = "<package><error>201</error><message><msg>1</msg></message><balance/>"
    assert excerpt(answer.encode(), key=KEY) == kept


@pytest.mark.parametrize(
    "echo",
    [
        "<msg>{}</msg>", "<{}>", "<{}/>", "<msg text='{}'>", "<![CDATA[{}]]>", "<![CDATA[ < {} > ]]>", "<!-- {} -->",
        "{}", "<msg x='>{}'>", "<olena text='{}'>1</olena>",
    ],
)  # fmt: skip
@pytest.mark.parametrize("said", ["Olena", "olena", "Оксана", "+380971234567", KEY])
def test_an_answer_that_repeats_the_request_keeps_nothing_of_it(echo: str, said: str):
    body = f"<?xml version='1.0'?><package><message>{echo.format(said)}</message></package>"
    found = excerpt(body.encode(), key=KEY)
    assert found.startswith("<…><package><message>")
    assert not re.search("olena|Оксана|3809|canary", found, re.IGNORECASE)


@given(st.integers(0, 5000), st.sampled_from(["", " ", "\n", "x", "\0"]))
def test_no_part_of_the_key_shows_wherever_it_stands(before: int, filling: str):
    body = (filling * before + KEY + "y" * 5000).encode()
    assert "canary" not in excerpt(body, key=KEY)


@pytest.mark.parametrize("secret", [KEY, "+380971234567", "Оксана"])
@pytest.mark.parametrize("opening", ["", "<package>"])
def test_no_part_of_a_secret_shows_where_the_answer_is_cut(secret: str, opening: str):
    for before in (*range(3500, 3620), *range(4050, 4120)):
        body = (opening + " " * before + secret + " " * 5000).encode()
        found = excerpt(body, key=KEY, sent=["Оксана"])
        assert not re.search("can|Окс|[0-9]", found), before


@given(st.binary())
def test_an_excerpt_of_anything_is_printable_and_short(body: bytes):
    found = excerpt(body, key=KEY)
    assert found.isprintable()
    assert len(found) <= 200
