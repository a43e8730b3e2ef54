"""Whatever comes back is read as a package or refused with one error, without opening a file or a socket."""

import sys
import time
from codecs import BOM_UTF8
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.gateway.conftest import KYIV
from viber_messaging.gateway import codec
from viber_messaging.gateway.errors import GatewayError, OutcomeUnknown
from viber_messaging.gateway.parser import parse_package

PACKAGE = '<package><message-viber><msg id="1" msg_id="5">1</msg></message-viber></package>'
CYRILLIC = '<package><note>Привіт</note><message-viber><msg id="1">1</msg></message-viber></package>'

touched: list[str] = []
_TOUCHES = {"open", "socket.connect", "socket.getaddrinfo", "subprocess.Popen"}
sys.addaudithook(lambda event, _: touched.append(event) if event in _TOUCHES else None)


def code_in(body: bytes) -> int:
    return codec.decode_send(body, expected_ids=[1]).content[1].code


@pytest.mark.parametrize(
    "body",
    [
        PACKAGE.encode(),
        BOM_UTF8 + PACKAGE.encode(),
        b"\n\r\n " + PACKAGE.encode(),
        b'\n<?xml version="1.0" encoding="utf-8" ?>\n' + PACKAGE.encode(),
        BOM_UTF8 + b'\n<?xml version="1.0"?>' + PACKAGE.encode(),
        PACKAGE.encode() + b"\r\n\t  \n",
        PACKAGE.encode("utf-16"),
        b'<?xml version="1.0" encoding="windows-1251"?>' + CYRILLIC.encode("cp1251"),
        b'<?xml version="1.0" encoding="koi8-u"?>' + CYRILLIC.encode("koi8-u"),
        b"<?php echo 1 ?>" + PACKAGE.encode(),
        CYRILLIC.encode("cp1251"),
        b'<?xml version="1.0" encoding="utf-8"?>' + CYRILLIC.encode("cp1251"),
    ],
)
def test_a_package_is_read_however_it_is_encoded_and_surrounded(body: bytes):
    assert code_in(body) == 1


def test_a_package_among_very_many_attributes_is_read():
    attributes = " ".join(f'a{number}=""' for number in range(10_000))
    assert code_in(f'<package><message-viber><msg id="1" {attributes}>1</msg></message-viber></package>'.encode()) == 1


def test_nesting_without_end_harms_nothing():
    deep = f"<package>{'<a>' * 50_000}{'</a>' * 50_000}</package>".encode()
    assert codec.decode_send(deep, expected_ids=[1]).content == {}
    with pytest.raises(OutcomeUnknown):
        parse_package(b"<a>" * 50_000)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"   \n",
        b"OK",
        b"<!doctype html><html><body>Please log in</body></html>",
        b"<html><body>Please log in</body></html>",
        b'{"success": true}',
        PACKAGE.encode()[:-3],
        PACKAGE.encode()[:30],
        PACKAGE.encode() * 2,
        PACKAGE.encode() + b"junk",
        PACKAGE.replace("1</msg>", "1\x01</msg>").encode(),
        PACKAGE.replace("1</msg>", "1\0</msg>").encode(),
        PACKAGE.replace("1</msg>", "1&nbsp;</msg>").encode(),
        b'<?xml version="1.0" encoding="klingon"?>' + PACKAGE.encode(),
        b'<?xml version="1.0" encoding="utf-7"?>' + PACKAGE.encode(),
        PACKAGE.encode()[:40] + b"\x98\xff",
        b"<error>202</error>",
        b"<packages/>",
    ],
)
def test_what_is_no_package_leaves_the_outcome_unknown(body: bytes):
    with pytest.raises(OutcomeUnknown):
        parse_package(body)


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
ATTACKS = {
    "billion laughs": f'<!DOCTYPE package [<!ENTITY l0 "ha">{LAUGHS}]><package>&l9;</package>',
    "quadratic blow-up": f'<!DOCTYPE package [<!ENTITY a "{"a" * 50_000}">]><package>{"&a;" * 50_000}</package>',
    "external file": '<!DOCTYPE package [<!ENTITY x SYSTEM "file:///etc/hostname">]><package>&x;</package>',
    "external address": '<!DOCTYPE package [<!ENTITY x SYSTEM "http://127.0.0.1:9/">]><package>&x;</package>',
    "parameter entity": '<!DOCTYPE package [<!ENTITY % x SYSTEM "http://127.0.0.1:9/">%x;]><package/>',
    "external DTD": '<!DOCTYPE package SYSTEM "http://127.0.0.1:9/x.dtd"><package/>',
    "bare DTD": "<!DOCTYPE package><package/>",
}


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS.keys())
def test_an_attack_is_refused_at_once_and_touches_neither_files_nor_the_network(attack: str):
    body = attack.encode()
    touched.clear()
    begun = time.process_time()
    with pytest.raises(OutcomeUnknown):
        parse_package(body)
    assert time.process_time() - begun < 0.1
    assert touched == []


def test_an_attack_in_an_old_encoding_is_refused_too():
    with pytest.raises(OutcomeUnknown):
        parse_package('<!DOCTYPE package [<!ENTITY x "Привіт">]><package>&x;</package>'.encode("cp1251"))


def test_includes_are_not_followed():
    touched.clear()
    include = (
        '<package xmlns:i="http://www.w3.org/2001/XInclude"><i:include href="/etc/hostname" parse="text"/></package>'
    )
    assert not parse_package(include.encode())[0].text
    assert touched == []


MARKUP = st.lists(
    st.sampled_from([*"<>/=\"' 10", "package", "msg", "id", "message-viber", "status", "error", "\0", "&"])
)


@given(st.binary() | MARKUP.map(lambda parts: "".join(parts).encode()))
def test_arbitrary_bytes_raise_nothing_but_our_own_error(body: bytes):
    decoders: list[Any] = [
        lambda: codec.decode_send(body, expected_ids=[1]),
        lambda: codec.decode_status(body, expected_ids=[1], time_zone=KYIV),
        lambda: codec.decode_balance(body),
    ]
    for decode in decoders:
        try:
            decode()
        except GatewayError:
            continue


@given(st.text() | st.integers().map(str), st.text(), st.text())
def test_arbitrary_values_in_a_package_raise_nothing(code: str, number: str, date: str):
    from xml.etree.ElementTree import Element, SubElement, tostring

    package = Element("package")
    msg = SubElement(SubElement(package, "status"), "msg", id="1", sms_id=number, sms_count=code, date_completed=date)
    msg.text = code
    SubElement(package, "error").text = code
    SubElement(SubElement(package, "balance"), "amount").text = code
    body = tostring(package, encoding="unicode").encode("utf-8", "surrogatepass")
    try:
        codec.decode_status(body, expected_ids=[1], time_zone=KYIV)
        codec.decode_balance(body)
    except OutcomeUnknown:
        return
