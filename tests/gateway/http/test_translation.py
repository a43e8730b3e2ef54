"""The exception table, row by row, with real sockets: what broke, and whether anything can have been sent."""

import gzip
import socket
import threading
import tracemalloc
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import pytest
from urllib3.util.connection import create_connection

from tests.gateway.conftest import outgoing
from tests.gateway.servers import (
    ACCEPTED,
    TLS_DIRECTORY,
    Visit,
    answer,
    answering,
    refusing,
    saying,
    saying_and_closing,
    serving,
    swallowing,
)
from tests.moments import Moments
from viber_messaging.gateway.client import Client
from viber_messaging.gateway.errors import (
    GatewayError,
    Misdirected,
    NotSent,
    OutcomeUnknown,
    Unreachable,
    Untrusted,
)

OpenClient = Callable[..., Client]


def fail(client: Client) -> GatewayError:
    """Send one message, and return why that failed."""
    with pytest.raises(GatewayError) as caught:
        client.send([outgoing()])
    return caught.value


def closing(visit: Visit) -> None:
    visit.read_request()


def closing_at_once(visit: Visit) -> None:
    # Not before something came: a reset that the client meets while it still connects is "not sent", and rightly.
    visit.sock.recv(1, socket.MSG_PEEK)
    visit.reset()


def resetting(visit: Visit) -> None:
    visit.read_request()
    visit.reset()


def resetting_after_one_byte(visit: Visit) -> None:
    visit.sock.recv(1)
    visit.reset()


def silent(visit: Visit) -> None:
    visit.read_request()
    visit.be_silent()


def dripping_headers(visit: Visit) -> None:
    visit.read_request()
    visit.drip(b"HTTP/1.1 200 OK\r\nX-Slow: " + b"a" * 2000)


def dripping_body(visit: Visit) -> None:
    visit.read_request()
    visit.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n")
    visit.drip(b"<package>" + b" " * 2000)


CUT = ACCEPTED[:40]
AMBIGUOUS = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n"

UNKNOWN: dict[str, Callable[[Visit], None]] = {
    "closed after the request": closing,
    "reset after the request": resetting,
    "reset after its first byte": resetting_after_one_byte,
    "reset before anything was read": closing_at_once,
    "silent": silent,
    "body shorter than its length": saying_and_closing(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n" + ACCEPTED),
    "chunk cut": saying_and_closing(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n<package>"),
    "chunk of no size": saying_and_closing(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n<package>"),
    "body cut, no length": saying_and_closing(b"HTTP/1.1 200 OK\r\n\r\n" + CUT),
    "length too small": saying_and_closing(b"HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\n" + ACCEPTED),
    "two lengths": saying_and_closing(AMBIGUOUS + ACCEPTED),
    "garbage for a status line": saying_and_closing(b"GARBAGE\r\n\r\n"),
    "headers without end": saying_and_closing(b"HTTP/1.1 200 OK\r\n" + b"X-A: b\r\n" * 500),
    "bad gzip": answering(b"this is no gzip", "200 OK", "Content-Encoding: gzip"),
    "cut gzip": answering(gzip.compress(ACCEPTED)[:30], "200 OK", "Content-Encoding: gzip"),
    "unknown transfer": saying_and_closing(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n" + CUT),
}


@pytest.mark.parametrize("behaviour", UNKNOWN.values(), ids=UNKNOWN.keys())
def test_a_line_that_breaks_after_connecting_leaves_the_outcome_unknown(
    behaviour: Callable[[Visit], None], open_client: OpenClient
):
    with serving(behaviour) as server:
        assert type(fail(open_client(server.url, read_timeout_seconds=0.3))) is OutcomeUnknown
        assert server.visit_count == 1, "nothing is ever retried"


@pytest.mark.parametrize("behaviour", [dripping_headers, dripping_body, silent])
def test_the_total_deadline_holds_however_slowly_the_answer_comes(
    behaviour: Callable[[Visit], None], open_client: OpenClient, elapsed: Callable[[], float]
):
    with serving(behaviour) as server:
        client = open_client(server.url, read_timeout_seconds=5, total_timeout_seconds=0.4)
        assert type(fail(client)) is OutcomeUnknown
        assert 0.3 < elapsed() < 4


@pytest.mark.parametrize("behaviour", [dripping_headers, dripping_body])
def test_the_total_deadline_holds_through_tls(
    behaviour: Callable[[Visit], None], open_client: OpenClient, elapsed: Callable[[], float], trusted_certificate: str
):
    with serving(behaviour, trusted_certificate) as server:
        client = open_client(server.url, read_timeout_seconds=5, total_timeout_seconds=0.4)
        assert type(fail(client)) is OutcomeUnknown
        assert 0.3 < elapsed() < 4


def test_the_total_deadline_holds_for_a_request_that_is_not_read(open_client: OpenClient, elapsed: Callable[[], float]):
    with serving(Visit.be_silent) as server:
        client = open_client(server.url, connect_timeout_seconds=5, read_timeout_seconds=5, total_timeout_seconds=0.4)
        with pytest.raises(OutcomeUnknown):
            client.send([outgoing(text="a" * 2**24)])
        assert elapsed() < 4


def test_a_refused_connection_is_not_sent(open_client: OpenClient):
    with refusing() as port:
        assert type(fail(open_client(f"http://127.0.0.1:{port}/"))) is Unreachable


def test_a_name_that_does_not_exist_is_not_sent(open_client: OpenClient, monkeypatch: pytest.MonkeyPatch):
    def unknown(*_: Any, **__: Any) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    error = fail(open_client("https://gateway.invalid/"))
    assert type(error) is Unreachable
    assert "gateway.invalid" in str(error)


def test_a_connection_that_is_never_made_is_not_sent(open_client: OpenClient):
    with swallowing() as port:
        client = open_client(f"http://127.0.0.1:{port}/", connect_timeout_seconds=0.2)
        assert type(fail(client)) is Unreachable


def test_all_addresses_of_a_host_share_the_deadline_while_connecting(
    open_client: OpenClient, monkeypatch: pytest.MonkeyPatch, elapsed: Callable[[], float]
):
    with swallowing() as port:
        real = socket.getaddrinfo("127.0.0.1", port, type=socket.SOCK_STREAM)
        monkeypatch.setattr(socket, "getaddrinfo", lambda host, *_, **__: real * (9 if host == "localhost" else 1))
        client = open_client(f"http://localhost:{port}/", connect_timeout_seconds=0.3, total_timeout_seconds=0.5)
        assert type(fail(client)) is Unreachable
        assert 0.4 < elapsed() < 2


def test_the_next_address_is_tried_when_the_first_refuses(open_client: OpenClient, monkeypatch: pytest.MonkeyPatch):
    with serving(answering()) as server, refusing() as dead_port:
        ports = {"localhost": [dead_port, server.port]}
        real = socket.getaddrinfo

        def resolve(host: str, port: int, *args: Any, **kwargs: Any) -> list[Any]:
            return [row for number in ports.get(host, [port]) for row in real("127.0.0.1", number, *args, **kwargs)]

        monkeypatch.setattr(socket, "getaddrinfo", resolve)
        client = open_client(f"http://localhost:{server.port}/")
        assert client.send([outgoing()]).results[1].code == 1


@pytest.mark.parametrize("certificate", ["loopback", "other_host", "expired"])
def test_a_certificate_that_nobody_vouches_for_is_not_sent_and_names_the_host(
    certificate: str, open_client: OpenClient
):
    with serving(answering(), certificate) as server:
        error = fail(open_client(server.url))
        assert type(error) is Untrusted
        assert "127.0.0.1" in str(error)
        assert server.requests == []


@pytest.mark.parametrize("certificate", ["other_host", "expired"])
def test_a_trusted_certificate_that_is_expired_or_anothers_is_not_sent(
    certificate: str, open_client: OpenClient, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("requests.adapters.DEFAULT_CA_BUNDLE_PATH", str(TLS_DIRECTORY / f"{certificate}.pem"))
    with serving(answering(), certificate) as server:
        assert type(fail(open_client(server.url))) is Untrusted
        assert server.requests == []


def test_a_trusted_certificate_lets_messages_through(open_client: OpenClient, trusted_certificate: str):
    with serving(answering(), trusted_certificate) as server:
        assert open_client(server.url).send([outgoing()]).results[1].code == 1


def resetting_at_once(visit: Visit) -> None:
    visit.reset()


def resetting_amid_the_handshake(visit: Visit) -> None:
    visit.sock.recv(100)
    visit.reset()


def closing_amid_the_handshake(visit: Visit) -> None:
    visit.sock.recv(4096)


BREAKING_OFF = [resetting_at_once, resetting_amid_the_handshake, closing_amid_the_handshake, Visit.be_silent]


# Python's ssl does not close a socket that is reset before it is wrapped; that is left to the collector.
ignoring_open_sockets = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@ignoring_open_sockets
@pytest.mark.parametrize("behaviour", BREAKING_OFF)
def test_what_breaks_off_before_tls_is_set_up_is_not_sent(behaviour: Callable[[Visit], None], open_client: OpenClient):
    with serving(behaviour) as server:
        client = open_client(server.url.replace("http:", "https:"), connect_timeout_seconds=0.2)
        error = fail(client)
    assert isinstance(error, NotSent)
    assert server.requests == []


def establishing(behaviour: Callable[[Visit], None]) -> Callable[[Visit], None]:
    """Let the proxy say that it is connected, then behave so as what stands behind it."""

    def behave(visit: Visit) -> None:
        visit.sock.recv(4096)
        visit.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        behaviour(visit)

    return behave


@ignoring_open_sockets
@pytest.mark.parametrize("behaviour", [*BREAKING_OFF, *map(establishing, BREAKING_OFF)])
def test_what_breaks_off_behind_a_proxy_before_tls_is_set_up_is_not_sent(
    behaviour: Callable[[Visit], None], open_client: OpenClient, monkeypatch: pytest.MonkeyPatch
):
    with serving(behaviour) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
        client = open_client("https://gateway.invalid/", connect_timeout_seconds=0.2, read_timeout_seconds=0.2)
        assert isinstance(fail(client), NotSent)


def test_what_closes_in_the_clear_may_have_been_sent(open_client: OpenClient):
    with serving(closing_amid_the_handshake) as server:
        assert type(fail(open_client(server.url))) is OutcomeUnknown


def test_a_reset_before_the_connection_is_made_is_not_sent(open_client: OpenClient, moments: Moments):
    def reset(*_: Any, **__: Any) -> None:
        raise ConnectionResetError

    moments.replace("the opening of a connection", reset)
    error = fail(open_client("http://127.0.0.1:9/"))
    assert (type(error), str(error)) == (Unreachable, "127.0.0.1 cannot be reached.")


def test_each_address_of_a_host_is_tried_once(open_client: OpenClient, moments: Moments):
    tried = []

    def reset(address: tuple[str, int], *_: Any, **__: Any) -> None:
        tried.append(address)
        raise ConnectionResetError

    moments.replace("the opening of a connection", reset)
    fail(open_client("http://127.0.0.1:9/"))
    assert tried == [("127.0.0.1", 9)]


def test_a_reset_of_a_connection_that_was_just_made_may_have_been_sent(open_client: OpenClient, moments: Moments):
    is_made, is_reset = threading.Event(), threading.Event()

    def resetting_what_is_made(visit: Visit) -> None:
        is_made.wait(5)
        visit.reset()
        is_reset.set()

    def connect_and_be_reset(*args: Any, **kwargs: Any) -> socket.socket:
        sock = create_connection(*args, **kwargs)
        is_made.set()
        assert is_reset.wait(5)
        return sock

    moments.replace("the opening of a connection", connect_and_be_reset)
    with serving(resetting_what_is_made) as server:
        assert type(fail(open_client(server.url))) is OutcomeUnknown


CONTINUE, HINTS = b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n"
PROCESSING = b"HTTP/1.1 102 Processing\r\n\r\n"


@pytest.mark.parametrize(
    "interim",
    [CONTINUE, HINTS, PROCESSING, CONTINUE + HINTS, HINTS + CONTINUE + HINTS, PROCESSING * 10],
    ids=["100", "103", "102", "100 103", "103 100 103", "ten"],
)
def test_interim_answers_are_read_past(interim: bytes, open_client: OpenClient):
    with serving(saying(interim + answer())) as server:
        client = open_client(server.url)
        for _ in range(2):
            assert client.send([outgoing()]).results[1].code == 1
    assert server.visit_count == 1


@pytest.mark.parametrize("status", [b"101 Switching Protocols", b"103 Early Hints"])
def test_interim_answers_without_end_are_no_answer(status: bytes, open_client: OpenClient):
    with serving(saying_and_closing(b"HTTP/1.1 %s\r\n\r\n" % status * 1000)) as server:
        assert type(fail(open_client(server.url))) is OutcomeUnknown


def test_a_proxy_may_answer_interim_before_it_connects(open_client: OpenClient, monkeypatch: pytest.MonkeyPatch):
    def behave(visit: Visit) -> None:
        visit.sock.recv(4096)
        visit.write(CONTINUE + b"HTTP/1.1 403 Forbidden\r\n\r\n")

    with serving(behave) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
        assert type(fail(open_client("https://gateway.invalid/"))) is Misdirected


def test_https_to_a_port_that_speaks_plain_http_is_not_sent(open_client: OpenClient):
    def complaining(visit: Visit) -> None:
        visit.sock.recv(100)
        visit.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    with serving(complaining) as server:
        client = open_client(server.url.replace("http:", "https:"))
        assert type(fail(client)) is Untrusted


def test_a_handshake_that_outlasts_the_total_deadline_is_not_sent(
    open_client: OpenClient, elapsed: Callable[[], float]
):
    with serving(Visit.be_silent) as server:
        url = server.url.replace("http:", "https:")
        client = open_client(url, connect_timeout_seconds=5, total_timeout_seconds=0.3)
        assert type(fail(client)) is Unreachable
        assert elapsed() < 4


def test_tls_that_breaks_after_the_request_is_unknown(open_client: OpenClient, trusted_certificate: str):
    def speaking_nonsense(visit: Visit) -> None:
        visit.read_request()
        socket.socket.sendall(visit.sock, b"\x17\x03\x03\x00\x20" + b"x" * 32)
        visit.be_silent()

    with serving(speaking_nonsense, trusted_certificate) as server:
        assert type(fail(open_client(server.url))) is OutcomeUnknown


@pytest.mark.parametrize("status", ["403 Forbidden", "407 Proxy Authentication Required", "502 Bad Gateway"])
def test_a_proxy_that_refuses_is_not_sent_and_hints_at_the_environment(
    status: str, open_client: OpenClient, monkeypatch: pytest.MonkeyPatch
):
    def refuse(visit: Visit) -> None:
        visit.sock.recv(4096)
        visit.write(f"HTTP/1.1 {status}\r\n\r\n".encode())

    with serving(refuse) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://user:proxy-secret@127.0.0.1:{proxy.port}")
        error = fail(open_client("https://gateway.invalid/"))
    assert type(error) is Misdirected
    assert "HTTPS_PROXY" in str(error)
    assert "proxy-secret" not in str(error)


def test_a_proxy_that_is_not_there_is_not_sent(open_client: OpenClient, monkeypatch: pytest.MonkeyPatch):
    with refusing() as port:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{port}")
        assert type(fail(open_client("https://gateway.invalid/"))) is Misdirected


def test_a_proxy_that_drips_is_cut_off_at_the_deadline(
    open_client: OpenClient, monkeypatch: pytest.MonkeyPatch, elapsed: Callable[[], float]
):
    def drip(visit: Visit) -> None:
        visit.sock.recv(4096)
        visit.drip(b"HTTP/1.1 200 OK\r\nX-Slow: " + b"a" * 2000)

    with serving(drip) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
        client = open_client("https://gateway.invalid/", connect_timeout_seconds=5, total_timeout_seconds=0.4)
        assert isinstance(fail(client), NotSent)
    assert elapsed() < 4


def test_a_connection_that_idled_away_is_replaced_unnoticed(open_client: OpenClient):
    with serving(saying_and_closing(answer())) as server:
        client = open_client(server.url)
        for _ in range(3):
            assert client.send([outgoing()]).results[1].code == 1
            server.wait_for_visits()
        assert server.visit_count == 3


def test_a_connection_is_kept_alive(open_client: OpenClient):
    with serving(answering()) as server:
        client = open_client(server.url)
        for _ in range(3):
            client.send([outgoing()])
        assert (server.visit_count, len(server.requests)) == (1, 3)


def test_a_deadline_begins_anew_with_each_request(open_client: OpenClient):
    def slow(visit: Visit) -> None:
        while visit.read_request():
            visit.server.is_over.wait(0.2)
            visit.write(answer())

    with serving(slow) as server:
        client = open_client(server.url, total_timeout_seconds=0.5)
        for _ in range(3):
            client.send([outgoing()])


@pytest.mark.parametrize("is_compressed", [True, False])
def test_a_reply_that_is_far_too_long_is_cut_off_and_costs_no_memory(is_compressed: bool, open_client: OpenClient):
    body, headers = b" " * 50_000_000, []
    if is_compressed:
        body, headers = gzip.compress(body), ["Content-Encoding: gzip"]
    with serving(answering(body, "200 OK", *headers)) as server:
        client = open_client(server.url, max_reply_bytes=1_000_000)
        del body
        tracemalloc.start()
        try:
            error = fail(client)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert type(error) is OutcomeUnknown
    assert "MAX_REPLY_BYTES" in str(error)
    assert peak < 25_000_000


def test_a_reply_of_just_the_greatest_length_is_read(open_client: OpenClient):
    with serving(answering()) as server:
        assert open_client(server.url, max_reply_bytes=len(ACCEPTED)).send([outgoing()]).results


def test_a_compressed_reply_is_read(open_client: OpenClient):
    with serving(answering(gzip.compress(ACCEPTED), "200 OK", "Content-Encoding: gzip")) as server:
        assert open_client(server.url).send([outgoing()]).results[1].code == 1


@pytest.mark.parametrize("method", ["status", "delete"])
def test_questions_and_deletions_fail_the_same_way(method: str, open_client: OpenClient):
    with serving(closing) as server, pytest.raises(OutcomeUnknown):
        getattr(open_client(server.url), method)([1])


def test_a_foreign_exception_is_the_cause_of_ours(open_client: OpenClient):
    with refusing() as port, ExitStack() as stack:
        caught = stack.enter_context(pytest.raises(Unreachable))
        open_client(f"http://127.0.0.1:{port}/").balance()
    assert type(caught.value.__cause__).__name__ == "ConnectionError"


def test_nothing_said_by_a_foreign_exception_is_repeated(open_client: OpenClient):
    with serving(saying(b"SECRET GARBAGE\r\n\r\n")) as server:
        assert "GARBAGE" not in str(fail(open_client(server.url)))
