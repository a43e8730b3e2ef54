"""Neither the key nor personal data can be read off a failure: not in words, not in logs, not in any frame's locals."""

import logging
from collections.abc import Callable, Iterator
from pprint import pformat
from types import TracebackType
from typing import Any

import pytest

from tests.conftest import CANARY_KEY
from tests.gateway.conftest import CANARY_PHONE, CANARY_TEXT, outgoing
from tests.gateway.servers import Visit, answer, answering, refusing, saying_and_closing, serving
from viber_messaging.gateway import errors
from viber_messaging.gateway.client import Client
from viber_messaging.gateway.masks import HiddenBytes, HiddenStr

OpenClient = Callable[..., Client]

SECRETS = (CANARY_KEY, CANARY_PHONE, CANARY_TEXT, "proxy-secret", "cHJveHktc2VjcmV0", "url-secret")
ECHO = f"<html>{CANARY_KEY} {CANARY_PHONE}</html>".encode()


def linked(error: BaseException) -> Iterator[BaseException]:
    """Yield an exception with all that hang on it: causes, contexts, arguments, reasons."""
    waiting, seen = [error], set[int]()
    while waiting:
        current = waiting.pop()
        if id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        near = [current.__cause__, current.__context__, *current.args, getattr(current, "reason", None)]
        waiting += [other for other in near if isinstance(other, BaseException)]


def local_values(trace: TracebackType | None) -> Iterator[object]:
    """Yield the locals of a traceback's frames, the tests' own apart."""
    while trace is not None:
        if "/tests/" not in trace.tb_frame.f_code.co_filename:
            yield from trace.tb_frame.f_locals.values()
        trace = trace.tb_next


def everything_told(error: BaseException) -> str:
    """Return all that a debug page could show of a failure."""
    told: list[str] = []
    for current in linked(error):
        told += [str(current), repr(current), repr(current.args), repr(vars(current))]
        told += [shown for value in local_values(current.__traceback__) for shown in (repr(value), pformat(value))]
    return "\n".join(told)


def silent(visit: Visit) -> None:
    visit.read_request()
    visit.be_silent()


FAILURES: dict[str, Callable[[Visit], None]] = {
    "closed": lambda visit: visit.read_request() and None,
    "silent": silent,
    "cut": saying_and_closing(answer(ECHO)[:-5]),
    "garbage": saying_and_closing(ECHO),
    "a garbled chunk": saying_and_closing(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + ECHO + b"\r\n"),
    "an echo": answering(ECHO),
    "an echo in XML": answering(b"<echo>" + ECHO + b"</echo>"),
    "an echo in broken XML": answering(b"<package>" + ECHO),
    "an echo in old Cyrillic": answering("Привіт".encode("cp1251") + ECHO),
    "an echo that is too long": answering(ECHO * 1000),
    "an echo that is not gzip": answering(ECHO, "200 OK", "Content-Encoding: gzip"),
    "an echo under 403": answering(ECHO, "403 X"),
    "an echo under 302": answering(ECHO, "302 X", "Location: https://elsewhere.invalid/"),
    "an echo under 404": answering(ECHO, "404 X"),
    "an echo under 503": answering(ECHO, "503 X"),
    "an error": answering(b"<package><error>202</error></package>"),
}


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.DEBUG)
    return caplog


@pytest.mark.parametrize("behaviour", FAILURES.values(), ids=FAILURES.keys())
def test_a_failure_tells_no_secret(
    behaviour: Callable[[Visit], None], open_client: OpenClient, logged: pytest.LogCaptureFixture
):
    with serving(behaviour) as server, pytest.raises(errors.GatewayError) as caught:
        open_client(server.url, max_reply_bytes=10_000, read_timeout_seconds=0.3).send([outgoing()])
    assert not [secret for secret in SECRETS if secret in everything_told(caught.value) + logged.text]


def test_a_refused_connection_tells_no_secret(open_client: OpenClient, logged: pytest.LogCaptureFixture):
    with refusing() as port, pytest.raises(errors.Unreachable) as caught:
        open_client(f"http://127.0.0.1:{port}/").send([outgoing()])
    assert not [secret for secret in SECRETS if secret in everything_told(caught.value) + logged.text]


def test_a_failed_handshake_tells_no_secret(open_client: OpenClient, logged: pytest.LogCaptureFixture):
    with serving(answering(), "loopback") as server, pytest.raises(errors.Untrusted) as caught:
        open_client(server.url).send([outgoing()])
    assert not [secret for secret in SECRETS if secret in everything_told(caught.value) + logged.text]


def test_a_proxy_that_refuses_tells_no_secret(
    open_client: OpenClient, logged: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
):
    def refuse(visit: Visit) -> None:
        assert b"Proxy-Authorization" in visit.sock.recv(4096)
        visit.write(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")

    with serving(refuse) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://me:proxy-secret@127.0.0.1:{proxy.port}")
        with pytest.raises(errors.Misdirected) as caught:
            open_client("https://gateway.invalid/").send([outgoing()])
    assert not [secret for secret in SECRETS if secret in everything_told(caught.value) + logged.text]


def test_an_unsendable_message_tells_no_secret(open_client: OpenClient, logged: pytest.LogCaptureFixture):
    with pytest.raises(errors.UnsendableText) as caught:
        open_client("http://127.0.0.1:9/").send([outgoing(text=f"{CANARY_TEXT}\0")])
    assert not [secret for secret in SECRETS if secret in everything_told(caught.value) + logged.text]


@pytest.mark.parametrize(
    "url",
    [
        "https://user:url-secret@gateway.invalid/",
        "https://user:url-secret@[::1/",
        "https://user:url-secret@gateway.invalid:port/",
        "https://user:url-secret\u2100@gateway.invalid/",
        "http://gateway.invalid/?token=url-secret",
        f"https://gateway.invalid/?key={CANARY_KEY}",
    ],
)
def test_a_wrong_address_tells_no_secret(url: str, open_client: OpenClient):
    with pytest.raises(errors.ConfigurationError) as caught:
        open_client(url)
    assert not [secret for secret in SECRETS if secret in everything_told(caught.value)]


def test_a_wrong_key_tells_no_secret(open_client: OpenClient):
    with pytest.raises(errors.ConfigurationError) as caught:
        open_client("https://gateway.invalid/", key=f"{CANARY_KEY}\n")
    assert not [secret for secret in SECRETS if secret in everything_told(caught.value)]


def test_a_success_logs_numbers_only(open_client: OpenClient, logged: pytest.LogCaptureFixture):
    with serving(answering()) as server:
        open_client(server.url).send([outgoing()])
    assert "send of 1 ids: HTTP 200" in logged.text
    assert not [secret for secret in SECRETS if secret in logged.text]


def test_the_check_for_secrets_finds_one():
    namespace: dict[str, Any] = {}
    exec(compile("def fail(key): raise ValueError", "library.py", "exec"), namespace)
    with pytest.raises(ValueError) as caught:
        namespace["fail"](CANARY_KEY)
    assert CANARY_KEY in everything_told(caught.value)


def test_a_traceback_keeps_its_lines(open_client: OpenClient):
    with refusing() as port, pytest.raises(errors.Unreachable) as caught:
        open_client(f"http://127.0.0.1:{port}/").balance()
    cause = caught.value.__cause__
    assert cause is not None
    files = []
    trace = cause.__traceback__
    while trace is not None:
        files.append(trace.tb_frame.f_code.co_filename)
        trace = trace.tb_next
    assert any("requests" in file for file in files)


def test_hidden_values_work_as_what_they_are():
    assert f"{HiddenStr('key')}" == "key"
    assert HiddenStr("key") == "key"
    assert repr(HiddenStr("key")) == "<hidden>"
    assert bytes(HiddenBytes(b"body")) == b"body"
    assert repr(HiddenBytes(b"body")) == str(HiddenBytes(b"body")) == "<4 hidden bytes>"
