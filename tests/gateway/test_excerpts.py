"""An excerpt is short, on one line, printable, and tells neither the key nor a phone."""

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


@pytest.mark.parametrize(
    ("key", "written"),
    [
        (KEY, KEY),
        ("a<b&c>d", "a&lt;b&amp;c&gt;d"),
        ("a'b\"cd", "a&#x27;b&quot;cd"),
        ("a'b\"cd", "a&apos;b&quot;cd"),
        ("a b/c+d", "a%20b%2Fc%2Bd"),
    ],
)
def test_the_key_is_scrubbed_however_it_is_written(key: str, written: str):
    assert excerpt(f"wrong key {written}!".encode(), key=key) == "wrong key [key]!"


def test_the_key_is_scrubbed_from_utf_16():
    assert KEY not in excerpt(f"<p>{KEY}</p>".encode("utf-16"), key=KEY)


@pytest.mark.parametrize("phone", ["+380971234567", "380971234567", "+14155550123"])
def test_phones_are_scrubbed(phone: str):
    assert excerpt(f"no such number {phone}.".encode(), key=KEY) == "no such number [phone]."


def test_the_gateways_numbers_are_kept():
    answer = '<msg id="12345678901234" msg_id="1234568">1</msg>'
    assert excerpt(answer.encode(), key=KEY) == answer


@given(st.integers(0, 5000), st.sampled_from(["", " ", "\n", "x", "\0"]))
def test_no_part_of_the_key_shows_wherever_it_stands(before: int, filling: str):
    body = (filling * before + KEY + "y" * 5000).encode()
    assert "canary" not in excerpt(body, key=KEY)


@given(st.binary())
def test_an_excerpt_of_anything_is_printable_and_short(body: bytes):
    found = excerpt(body, key=KEY)
    assert found.isprintable()
    assert len(found) <= 200
