"""The sandbox as a server: addresses, records, stopping and starting."""

import socket
import threading
from urllib.parse import urlsplit

import pytest
import requests

from tests.moments import Moments
from tests.sandbox.conftest import ask, msg, send
from viber_messaging.sandbox import Sandbox


def address_of(sandbox):
    address = urlsplit(sandbox.url)
    return address.hostname, address.port


def package(*elements):
    return f'<package key="sandbox">{"".join(elements)}</package>'


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "::"])
def test_it_listens_on_loopback_only(host):
    with pytest.raises(ValueError, match="this machine only"):
        Sandbox(host=host)


def test_a_port_that_is_taken_is_an_os_error(sandbox):
    _, port = address_of(sandbox)
    with pytest.raises(OSError):
        Sandbox(port=port).start()


def test_every_request_is_recorded_as_it_came(sandbox, post):
    post(send(msg(1), msg(2)), ask(3))
    post(send(msg(4)), key="wrong")
    first, second = sandbox.requests
    assert (first.command, first.commands, first.ids) == ("message-viber", ("message-viber", "status"), (1, 2, 3))
    assert first.body.decode() == package(send(msg(1), msg(2)), ask(3))
    assert first.headers["host"].startswith("127.0.0.1:")
    assert first.received_at == sandbox.clock()
    assert (second.command, second.ids, sandbox.request_count) == ("", (), 2)


def test_the_records_are_bounded_and_the_count_is_not(moments: Moments):
    moments.set("requests that the sandbox keeps", 3)
    with Sandbox() as sandbox:
        for reference in range(5):
            requests.post(sandbox.url, data=package(ask(reference)), timeout=5)
        assert [record.ids for record in sandbox.requests] == [(2,), (3,), (4,)]
        assert sandbox.request_count == 5


def test_a_connection_is_kept_alive(sandbox, session):
    with socket.create_connection(address_of(sandbox)) as connection:
        body = package("<balance></balance>").encode()
        head = f"POST /api/xml.php HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n\r\n".encode()
        for _ in range(2):
            connection.sendall(head + body)
            assert connection.recv(4096).startswith(b"HTTP/1.1 200 OK\r\n")


def test_a_request_that_is_cut_short_is_not_carried_out(sandbox):
    body = package(send(msg(1))).encode()
    with socket.create_connection(address_of(sandbox)) as connection:
        connection.sendall(f"POST /api/xml.php HTTP/1.1\r\nContent-Length: {len(body) + 1}\r\n\r\n".encode() + body)
        connection.shutdown(socket.SHUT_WR)
        assert connection.recv(1) == b""
    assert (sandbox.request_count, sandbox.times_accepted(1)) == (0, 0)


def test_a_body_without_its_length_is_answered_411(sandbox):
    response = requests.post(sandbox.url, data=iter([b"<package/>"]), timeout=5)
    assert response.status_code == 411


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "api/xml.php", 405), ("POST", "", 405), ("GET", "x", 404), ("POST", "x", 404)],
)
def test_other_addresses_and_methods_are_refused(sandbox, session, method, path, status):
    assert session.request(method, sandbox.page_url + path, data=b"", timeout=5).status_code == status


def test_stopping_leaves_no_thread_and_no_listener():
    before = threading.active_count()
    with Sandbox() as sandbox, requests.Session() as session:
        session.post(sandbox.url, data=package(send(msg(1))), timeout=5)
        sandbox.stop()
        with pytest.raises(requests.ConnectionError):
            session.post(sandbox.url, data=package(send(msg(2))), timeout=5)
    assert threading.active_count() == before


def test_a_sandbox_that_is_started_again_has_its_port_and_its_book():
    with Sandbox() as sandbox:
        requests.post(sandbox.url, data=package(send(msg(1))), timeout=5)
        url = sandbox.url
        sandbox.stop()
        sandbox.start()
        assert sandbox.url == url
        assert ">208</msg>" in requests.post(url, data=package(send(msg(1))), timeout=5).text


def test_a_book_on_disk_outlives_its_sandbox(tmp_path):
    path = tmp_path / "book.sqlite3"
    with Sandbox(book_path=path) as first:
        requests.post(first.url, data=package(send(msg(1), msg(2, text="Друге"), msg(3))), timeout=5)
        requests.post(first.url, data=package('<delete><msg id="2"></msg></delete>'), timeout=5)
        first.forget(3)
    with Sandbox(book_path=path) as second:
        assert [second.times_accepted(reference) for reference in (1, 2, 3)] == [1, 1, 1]
        assert (second.accepted[2].text, second.status_code(2)) == ("Друге", 104)
        text = requests.post(second.url, data=package(send(msg(1), msg(3)), "<balance></balance>"), timeout=5).text
        assert '<msg id="1" msg_id="0">208</msg><msg id="3" msg_id="1234571">1</msg>' in text
        assert "<amount>999998.400</amount>" in text
        assert second.times_accepted(3) == 2


def test_a_reset_empties_the_disk_too(tmp_path):
    with Sandbox(book_path=tmp_path / "book") as first:
        requests.post(first.url, data=package(send(msg(1))), timeout=5)
        first.reset()
    with Sandbox(book_path=tmp_path / "book") as second:
        assert not second.accepted


@pytest.mark.parametrize("make", [lambda path: path.mkdir(), lambda path: path.write_bytes(b"a spreadsheet" * 100)])
def test_a_file_that_cannot_be_a_book_is_told_and_leaves_nothing_open(tmp_path, make):
    make(tmp_path / "book")
    sandbox = Sandbox(book_path=tmp_path / "book")
    with pytest.raises(ValueError, match="The accepted messages cannot be stored in"):
        sandbox.start()
    sandbox.stop()
    with pytest.raises(requests.ConnectionError):
        requests.get(sandbox.page_url, timeout=5)


def ask_as(sandbox: Sandbox, *lines: str) -> str:
    """Ask for the book with these header lines; return the first line of the answer and the rest."""
    port = urlsplit(sandbox.page_url).port
    with socket.create_connection(("127.0.0.1", port or 0), timeout=5) as connection:
        request = "\r\n".join(["GET /book.json HTTP/1.1", *lines, "Connection: close", "", ""])
        connection.sendall(request.encode())
        return b"".join(iter(lambda: connection.recv(65536), b"")).decode()


LOCAL = ["127.0.0.1", "127.0.0.1:8099", "localhost", "LOCALHOST:8099", "[::1]", "[::1]:8099", "127.0.0.2"]
STRANGERS = ["evil.example", "evil.example:8099", "127.0.0.1.evil.example", "localhost.evil.example", "10.0.0.1", "",
             "127.0.0.1@evil.example", "[::1", "0.0.0.0"]  # fmt: skip


@pytest.mark.parametrize("host", LOCAL)
def test_it_answers_to_the_names_of_this_machine(sandbox: Sandbox, host: str):
    origin = f"Origin: http://{host}"
    assert " 200 " in ask_as(sandbox, f"Host: {host}", origin, f"Referer: http://{host}/admin/").partition("\r")[0]


@pytest.mark.parametrize("host", STRANGERS)
def test_a_name_that_was_led_here_is_refused(sandbox: Sandbox, host: str):
    answer = ask_as(sandbox, f"Host: {host}")
    assert " 403 " in answer.partition("\r")[0]
    assert "balance" not in answer


@pytest.mark.parametrize("header", ["Origin", "Referer"])
@pytest.mark.parametrize("page", ["null", "https://evil.example/", "http://localhost.evil.example", "file:///etc"])
def test_a_page_of_another_site_is_refused(sandbox: Sandbox, header: str, page: str):
    assert " 403 " in ask_as(sandbox, "Host: 127.0.0.1", f"{header}: {page}").partition("\r")[0]


def test_a_second_host_does_not_help(sandbox: Sandbox):
    assert " 403 " in ask_as(sandbox, "Host: 127.0.0.1", "Host: evil.example").partition("\r")[0]
