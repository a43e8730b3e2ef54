"""Requests that are refused as a whole: the sandbox is strict, so that what passes is in the documents' own form."""

import pytest

from tests.sandbox.conftest import msg, send

GOOD = "<phone>+380971234567</phone><sender>SMSTest</sender><type>text</type><text>Hello</text>"


@pytest.mark.parametrize("key", ["", "Sandbox", "ключ"])
def test_a_wrong_key_is_answered_202(sandbox, answer_to, key):
    assert answer_to(send(msg(1)), key=key) == "<error>202</error>"
    assert not sandbox.accepted


def test_a_missing_key_is_answered_202(sandbox, session):
    text = session.post(sandbox.url, data=f"<package>{send(msg(1))}</package>", timeout=5).text
    assert "<error>202</error>" in text


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"hello",
        b"<package key='sandbox'>",
        b"<order key='sandbox'></order>",
        b"<package key='sandbox' auth='x'><balance></balance></package>",
        b"<!DOCTYPE package><package key='sandbox'><balance></balance></package>",
        b"<?xml version='1.0' encoding='klingon'?><package key='sandbox'></package>",
        b"<package key='sandbox'>\xff</package>",
    ],
)
def test_what_is_no_package_is_answered_201(sandbox, session, body):
    assert "<error>201</error>" in session.post(sandbox.url, data=body, timeout=5).text


@pytest.mark.parametrize(
    "command",
    [
        "",
        "<prices></prices>",
        "<message><msg id='1'>text</msg></message>",
        "<message-viber></message-viber>",
        "<message-viber/>text",
        f"<message-viber>text<msg id='1'>{GOOD}</msg></message-viber>",
        f"<message-viber wait='1'><msg id='1'>{GOOD}</msg></message-viber>",
        f"<message-viber><msg id='1' sms_id='2'>{GOOD}</msg></message-viber>",
        f"<message-viber><letter id='1'>{GOOD}</letter></message-viber>",
        f"<message-viber><msg id='1'>{GOOD}<image></image></msg></message-viber>",
        f"<message-viber><msg id='1'>{GOOD}<extra>x</extra></msg></message-viber>",
        f"<message-viber><msg id='1'>{GOOD}<text>again</text></msg></message-viber>",
        "<message-viber><msg id='1'><sender>SMSTest</sender><phone>+380971234567</phone></msg></message-viber>",
        "<message-viber><msg id='1'><phone><b>+380971234567</b></phone></msg></message-viber>",
        "<balance>0</balance><status></status>",
        "<balance><amount></amount></balance>",
        "<status><msg></msg></status>",
        "<status><msg id='1' sms_id='2'></msg></status>",
        "<delete><msg id='1'>x</msg></delete>",
    ],
)
def test_a_command_that_is_not_as_documented_is_answered_201(sandbox, answer_to, command):
    assert answer_to(command) == "<error>201</error>"
    assert not sandbox.accepted


@pytest.mark.parametrize(
    "date_beg", ["2024-11-30", "2024-11-30T12:00:00", "2024-11-30T12:00+02:00", "30.11.2024 12:00", "2024-02-30T12:00"]
)
def test_a_date_in_another_form_is_answered_201_for_the_request(sandbox, answer_to, date_beg):
    assert answer_to(send(msg(1), msg(2, date_beg=date_beg))) == "<error>201</error>"
    assert not sandbox.accepted


def test_white_space_between_the_elements_is_no_fault(sandbox, post):
    post(f"\n  <message-viber>\n    <msg id='1'>\n      {GOOD}\n    </msg>\n  </message-viber>\n")
    assert sandbox.times_accepted(1) == 1
