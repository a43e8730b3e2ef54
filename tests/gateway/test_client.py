"""Each command makes one POST, and each HTTP answer has one meaning."""

import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import fromstring

import pytest

from tests.conftest import CANARY_KEY
from tests.gateway.conftest import CANARY_PHONE, outgoing
from tests.gateway.servers import ACCEPTED, Visit, answer, answering, saying_and_closing, serving
from viber_messaging.gateway import errors
from viber_messaging.gateway.client import Client
from viber_messaging.gateway.entities import Balance, SendResult, StatusResult

OpenClient = Callable[..., Client]
GOLDEN = Path(__file__).parent / "golden"

CALLS: dict[str, Callable[[Client], Any]] = {
    "send": lambda client: client.send([outgoing()]),
    "status": lambda client: client.status([1]),
    "delete": lambda client: client.delete([1]),
    "balance": lambda client: client.balance(),
}
every_call = pytest.mark.parametrize("call", CALLS.values(), ids=CALLS.keys())

ERROR = "<package><error>{}</error></package>"
HTML = b"<!doctype html><title>Welcome</title>"
EXPLAINED = {
    200: errors.OutcomeUnknown,
    201: errors.PackageRefused,
    202: errors.AccountRefused,
    205: errors.AccountRefused,
    209: errors.AccountRefused,
    210: errors.AccountRefused,
    212: errors.Throttled,
    203: errors.OutcomeUnknown,
    999: errors.OutcomeUnknown,
}


def shape_of(answer: bytes) -> str:
    """Return an answer without its attributes: what an excerpt keeps."""
    return re.sub(r"<([\w-]+) [^>]*>", r"<\1>", answer.decode())


def golden(name: str) -> bytes:
    return (GOLDEN / f"reply_{name}.xml").read_bytes()


def test_a_send_posts_one_document_and_reads_its_results(open_client: OpenClient):
    with serving(answering()) as server:
        reply = open_client(server.url).send([outgoing(text="Привіт")])
    assert reply.results == {1: SendResult(id=1, code=1, msg_id="1234568")}
    assert reply.http_status == 200
    assert reply.error_code is None
    assert reply.excerpt == shape_of(ACCEPTED)
    [request] = server.requests
    head, _, body = request.partition(b"\r\n\r\n")
    assert head.startswith(b"POST /api/xml.php HTTP/1.1\r\n")
    assert b"Content-Type: text/xml; charset=utf-8" in head
    assert f"Content-Length: {len(body)}".encode() in head
    assert CANARY_KEY.encode() not in head
    package = fromstring(body)
    assert (package.get("key"), package.findtext(".//text")) == (CANARY_KEY, "Привіт")


@pytest.mark.parametrize("command", ["status", "delete"])
def test_a_status_and_a_deletion_ask_by_our_ids(command: str, open_client: OpenClient):
    with serving(answering(golden(command))) as server:
        reply = getattr(open_client(server.url), command)([1234, 4321])
    assert reply.results[4321] == StatusResult(id=4321, code=1, sms_id="1234569", sms_count=1)
    assert f'<{command}><msg id="1234"></msg><msg id="4321"></msg></{command}>'.encode() in server.requests[0]


def test_a_balance_is_an_amount_and_a_currency(open_client: OpenClient):
    with serving(answering(golden("balance"))) as server:
        assert open_client(server.url).balance() == Balance(amount=Decimal("10.526"), currency="UAH")
    assert b"<balance></balance>" in server.requests[0]


@pytest.mark.parametrize("body", [b"<package/>", b"<package><balance/></package>", ACCEPTED])
def test_a_balance_that_the_answer_does_not_tell_is_unknown(body: bytes, open_client: OpenClient):
    with serving(answering(body)) as server, pytest.raises(errors.OutcomeUnknown) as caught:
        open_client(server.url).balance()
    assert caught.value.http_status == 200
    assert caught.value.excerpt == shape_of(body)


def test_a_refusal_of_one_message_is_a_result(open_client: OpenClient):
    body = b'<package><message-viber><msg id="1">1</msg><msg id="2">203</msg></message-viber></package>'
    with serving(answering(body)) as server:
        reply = open_client(server.url).send([outgoing(id=1), outgoing(id=2), outgoing(id=3)])
    assert {id_: result.code for id_, result in reply.results.items()} == {1: 1, 2: 203}


@every_call
@pytest.mark.parametrize(("code", "kind"), EXPLAINED.items())
def test_a_request_refused_as_a_whole_raises_by_its_code(
    call: Callable[[Client], Any], code: int, kind: type[errors.GatewayError], open_client: OpenClient
):
    body = ERROR.format(code).encode()
    with serving(answering(body)) as server, pytest.raises(errors.GatewayError) as caught:
        call(open_client(server.url))
    assert type(caught.value) is kind
    assert (caught.value.code, caught.value.http_status) == (code, 200)
    assert caught.value.excerpt == body.decode()
    assert str(code) in str(caught.value)


def test_an_error_beside_results_leaves_them_valid(open_client: OpenClient):
    body = ACCEPTED.replace(b"<package>", b"<package><error>212</error>")
    with serving(answering(body)) as server:
        reply = open_client(server.url).send([outgoing(id=1), outgoing(id=2)])
    assert list(reply.results) == [1]
    assert reply.error_code == 212


STATUSES = {
    301: errors.Misdirected,
    302: errors.Misdirected,
    303: errors.Misdirected,
    304: errors.Misdirected,
    307: errors.Misdirected,
    308: errors.Misdirected,
    400: errors.Misdirected,
    401: errors.AccountRefused,
    403: errors.AccountRefused,
    404: errors.Misdirected,
    405: errors.Misdirected,
    408: errors.OutcomeUnknown,
    410: errors.OutcomeUnknown,
    413: errors.PackageRefused,
    415: errors.Misdirected,
    418: errors.OutcomeUnknown,
    429: errors.Throttled,
    500: errors.OutcomeUnknown,
    502: errors.OutcomeUnknown,
    503: errors.OutcomeUnknown,
    504: errors.OutcomeUnknown,
    200: errors.OutcomeUnknown,
    202: errors.OutcomeUnknown,
    204: errors.OutcomeUnknown,
}


@every_call
@pytest.mark.parametrize(("status", "kind"), STATUSES.items())
@pytest.mark.parametrize("body", [HTML, b""], ids=["html", "empty"])
def test_an_http_status_without_a_body_of_the_gateways_has_one_meaning(
    call: Callable[[Client], Any], status: int, kind: type[errors.GatewayError], body: bytes, open_client: OpenClient
):
    body = b"" if status in {204, 304} else body
    with serving(answering(body, f"{status} X")) as server, pytest.raises(errors.GatewayError) as caught:
        call(open_client(server.url))
    assert type(caught.value) is kind
    assert caught.value.http_status == status
    assert caught.value.excerpt == body.decode()
    assert len(server.requests) == 1


@pytest.mark.parametrize("status", [200, 201, 400, 404, 405, 415, 422, 500, 502, 503])
def test_results_are_honoured_whatever_http_thinks_of_them(status: int, open_client: OpenClient):
    with serving(answering(ACCEPTED, f"{status} X")) as server:
        reply = open_client(server.url).send([outgoing()])
    assert reply.results[1].code == 1
    assert reply.http_status == status


@pytest.mark.parametrize("status", [302, 401, 403, 413, 429])
def test_results_under_a_status_that_says_it_all_are_not_believed(status: int, open_client: OpenClient):
    with serving(answering(ACCEPTED, f"{status} X")) as server, pytest.raises(errors.NotSent):
        open_client(server.url).send([outgoing()])


@pytest.mark.parametrize("status", [400, 404])
def test_an_error_of_the_gateways_counts_under_a_client_error(status: int, open_client: OpenClient):
    with (
        serving(answering(ERROR.format(201).encode(), f"{status} X")) as server,
        pytest.raises(errors.PackageRefused) as caught,
    ):
        open_client(server.url).send([outgoing()])
    assert (caught.value.code, caught.value.http_status) == (201, status)


def test_an_error_of_the_gateways_under_a_server_error_is_told_but_decides_nothing(open_client: OpenClient):
    with (
        serving(answering(ERROR.format(202).encode(), "500 X")) as server,
        pytest.raises(errors.OutcomeUnknown) as caught,
    ):
        open_client(server.url).send([outgoing()])
    assert caught.value.code == 202


def test_the_gateways_code_is_told_with_a_refused_account(open_client: OpenClient):
    with (
        serving(answering(ERROR.format(210).encode(), "403 X")) as server,
        pytest.raises(errors.AccountRefused) as caught,
    ):
        open_client(server.url).send([outgoing()])
    assert caught.value.code == 210


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_never_followed(status: int, open_client: OpenClient):
    with serving(answering()) as target:
        redirect = answering(b"", f"{status} Moved", f"Location: {target.url}")
        with serving(redirect) as server, pytest.raises(errors.Misdirected):
            open_client(server.url).send([outgoing()])
        assert target.visit_count == 0


@pytest.mark.parametrize("status", [302, 401, 403, 413, 429])
def test_a_body_that_breaks_takes_nothing_from_a_status_that_says_it_all(status: int, open_client: OpenClient):
    whole = answer(b"x" * 100, f"{status} X", "Location: https://elsewhere.invalid/")
    with serving(saying_and_closing(whole[:-50])) as server, pytest.raises(errors.NotSent) as caught:
        open_client(server.url).send([outgoing()])
    assert caught.value.http_status == status


@pytest.mark.parametrize(
    ("status", "kind"),
    [("429 X", errors.Throttled), ("503 X", errors.OutcomeUnknown), ("500 X", errors.OutcomeUnknown)],
)
def test_the_time_to_wait_is_told_where_it_was_given(
    status: str, kind: type[errors.GatewayError], open_client: OpenClient
):
    with serving(answering(b"", status, "Retry-After: 17")) as server, pytest.raises(kind) as caught:
        open_client(server.url).send([outgoing()])
    assert caught.value.retry_after_seconds == 17


def test_an_excerpt_has_neither_key_nor_phone(open_client: OpenClient):
    echo = f"<html>No account {CANARY_KEY}, no phone {CANARY_PHONE}</html>".encode()
    with serving(answering(echo)) as server, pytest.raises(errors.OutcomeUnknown) as caught:
        open_client(server.url).send([outgoing()])
    assert caught.value.excerpt == "<html>No account [key], no phone [number]</html>"


def test_an_answer_to_somebody_else_says_nothing_of_ours(open_client: OpenClient):
    with serving(answering()) as server:
        assert open_client(server.url).send([outgoing(id=555)]).results == {}


def test_an_unsendable_message_keeps_the_whole_package_from_being_posted(open_client: OpenClient):
    with serving(answering()) as server, pytest.raises(errors.UnsendableText):
        open_client(server.url).send([outgoing(id=1), outgoing(id=2, text="\0")])
    assert server.visit_count == 0


def test_a_netrc_is_never_consulted(open_client: OpenClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login user password secret\n")
    monkeypatch.setenv("NETRC", str(netrc))
    with serving(answering()) as server:
        open_client(server.url).send([outgoing()])
    assert b"Authorization" not in server.requests[0]


def test_cookies_are_not_kept(open_client: OpenClient):
    with serving(answering(ACCEPTED, "200 OK", "Set-Cookie: a=b")) as server:
        client = open_client(server.url)
        client.send([outgoing()])
        client.send([outgoing()])
    assert b"Cookie" not in server.requests[1]


def test_a_proxy_of_the_environment_does_not_come_between_us_and_loopback(
    open_client: OpenClient, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere")
    with serving(answering()) as server:
        assert open_client(server.url).send([outgoing()]).results


def test_the_environment_is_read_once(open_client: OpenClient, monkeypatch: pytest.MonkeyPatch):
    def refuse(visit: Visit) -> None:
        visit.sock.recv(4096)
        visit.write(b"HTTP/1.1 502 X\r\n\r\n")

    with serving(refuse) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
        client = open_client("https://gateway.invalid/")
        monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
        with pytest.raises(errors.Misdirected):
            client.balance()
        assert proxy.visit_count == 1


def test_a_closed_client_may_be_used_again(open_client: OpenClient):
    with serving(answering()) as server:
        with open_client(server.url) as client:
            client.send([outgoing()])
        assert client.send([outgoing()]).results
        assert server.visit_count == 2
