"""Every row of the table of what goes wrong on purpose."""

import gzip
import socket
from collections import Counter
from urllib.parse import urlsplit

import pytest
import requests
from requests.exceptions import ChunkedEncodingError, ContentDecodingError

from tests.sandbox.conftest import ask, msg, send
from viber_messaging.gateway.codes import MessageCode, RequestCode
from viber_messaging.sandbox import SCENARIOS, Sandbox
from viber_messaging.sandbox.faults.answers import UNKNOWN_CODE
from viber_messaging.sandbox.faults.scenarios import BY_NAME, BY_PHONE, Fate, Fault, Oddity, Refusal

PHONES = {scenario.name: scenario.phone for scenario in SCENARIOS}
OK_ROW = '<msg id="1" msg_id="1234568">1</msg>'

REFUSALS = [scenario for scenario in SCENARIOS if isinstance(scenario.behaviour, Refusal)]
FATES = [scenario for scenario in SCENARIOS if isinstance(scenario.behaviour, Fate)]
FAULTS = [scenario for scenario in SCENARIOS if isinstance(scenario.behaviour, Fault)]
ODDITIES = [scenario for scenario in SCENARIOS if isinstance(scenario.behaviour, Oddity)]
PASSING_FAULTS = [scenario for scenario in FAULTS if not scenario.is_persistent]
ACCEPTING_FAULTS = [scenario for scenario in FAULTS if scenario.behaviour.accepts]
REFUSING_FAULTS = [scenario for scenario in FAULTS if not scenario.behaviour.accepts]

UNANSWERED = {
    "dropped": requests.ConnectionError,
    "lost-answer": requests.ConnectionError,
    "reset": requests.ConnectionError,
    "silence": requests.ConnectionError,
    "cut": ChunkedEncodingError,
    "broken-gzip": ContentDecodingError,
}
OTHER_ANSWERS = {
    "slow": OK_ROW,
    "drip": OK_ROW,
    "half": '<?xml version="1.0"',
    "garbage": "OK 1",
    "empty": "",
    "doctype": "<!DOCTYPE package",
    "bom": "\ufeff\r\n<?xml",
    "other-wrapper": f"<message>{OK_ROW}</message>",
    "error-beside": f"<message-viber>{OK_ROW}</message-viber><error>200</error>",
}


def by_name(scenario):
    return scenario.name


def submit(post, scenario, reference=1):
    """Post one message to a scenario's number; an answer that never comes is None."""
    try:
        return post(send(msg(reference, phone=scenario.phone)))
    except (requests.ConnectionError, ChunkedEncodingError, ContentDecodingError):
        return None


def test_no_name_and_no_number_stands_twice_in_the_table():
    assert Counter(map(len, (BY_NAME, BY_PHONE, SCENARIOS))) == {len(SCENARIOS): 3}


def test_every_request_code_and_every_refusal_of_a_message_has_a_scenario():
    assert {f"error-{code:d}" for code in RequestCode} <= BY_NAME.keys()
    refusals = {code for code in MessageCode if code >= 200} - {MessageCode.ERR_DELETE}
    assert {scenario.behaviour.code for scenario in REFUSALS} == refusals


def test_every_fault_is_tested_here_by_what_it_answers():
    told_by_name = {name for name in BY_NAME if name.startswith(("error-", "http-"))} | {"always-500"}
    assert {scenario.name for scenario in FAULTS} == UNANSWERED.keys() | OTHER_ANSWERS.keys() | told_by_name


def test_every_summary_says_when_and_whether_anything_is_accepted():
    for scenario in FAULTS:
        assert scenario.summary.startswith("Every time" if scenario.is_persistent else "The first time")
        assert ("carried out" in scenario.summary) is scenario.behaviour.accepts


@pytest.mark.parametrize("scenario", REFUSALS, ids=by_name)
def test_a_refusal_is_answered_with_its_code_every_time(sandbox, answer_to, scenario):
    expected = f'<message-viber><msg id="1" msg_id="0">{scenario.behaviour.code:d}</msg></message-viber>'
    for _ in range(2):
        assert answer_to(send(msg(1, phone=scenario.phone))) == expected
    assert sandbox.times_accepted(1) == 0


@pytest.mark.parametrize("scenario", FATES, ids=by_name)
def test_a_fate_ends_in_its_code(sandbox, post, scenario):
    post(send(msg(1, phone=scenario.phone)))
    seen = []
    for seconds in (1, 1, 1, 1, 200, 0):
        seen.append(sandbox.status_code(1))
        sandbox.advance(seconds)
    steps = [int(code) for _, code in scenario.behaviour.steps]
    assert list(dict.fromkeys(seen)) == steps
    assert str(steps[-1]) in scenario.summary


@pytest.mark.parametrize("scenario", ACCEPTING_FAULTS, ids=by_name)
def test_a_fault_after_acceptance_has_accepted_and_a_status_says_so(sandbox, post, scenario):
    submit(post, scenario)
    assert sandbox.times_accepted(1) == 1
    assert '<status><msg id="1" sms_id="1234568"' in post(ask(1)).text


@pytest.mark.parametrize("scenario", REFUSING_FAULTS, ids=by_name)
def test_a_fault_before_acceptance_has_accepted_nothing(sandbox, post, scenario):
    submit(post, scenario)
    assert sandbox.times_accepted(1) == 0
    assert sandbox.submissions[1] == 1
    assert '<msg id="1">201</msg>' in post(ask(1)).text


@pytest.mark.parametrize("scenario", PASSING_FAULTS, ids=by_name)
def test_a_message_that_meets_a_passing_fault_gets_through_when_sent_again(sandbox, post, scenario):
    submit(post, scenario)
    code = 208 if scenario.behaviour.accepts else 1
    assert f">{code}</msg>" in submit(post, scenario).text
    assert sandbox.times_accepted(1) == 1


@pytest.mark.parametrize("name", ["error-201", "always-500"])
def test_a_persistent_fault_meets_its_message_every_time(sandbox, post, name):
    for _ in range(3):
        submit(post, BY_NAME[name])
    assert (sandbox.times_accepted(1), sandbox.submissions[1]) == (0, 3)


@pytest.mark.parametrize(("name", "error"), UNANSWERED.items())
def test_an_answer_does_not_come(post, name, error):
    with pytest.raises(error):
        post(send(msg(1, phone=PHONES[name])))


@pytest.mark.parametrize(("name", "part"), OTHER_ANSWERS.items())
def test_an_answer_comes_in_another_form(post, name, part):
    response = post(send(msg(1, phone=PHONES[name])))
    assert response.status_code == 200
    assert part in response.content.decode(errors="replace")
    assert ("</package>" in response.text) is (name not in {"half", "garbage", "empty"})


@pytest.mark.parametrize("code", list(RequestCode))
def test_a_request_error_is_answered_alone(answer_to, code):
    assert answer_to(send(msg(1, phone=PHONES[f"error-{code:d}"]))) == f"<error>{code:d}</error>"


@pytest.mark.parametrize("status", [302, 401, 403, 404, 413, 429, 500, 502, 503])
def test_an_http_status_is_answered_with_a_page(post, status):
    response = post(send(msg(1, phone=PHONES[f"http-{status}"])))
    assert (response.status_code, response.headers["Content-Type"]) == (status, "text/html; charset=utf-8")
    assert ("Retry-After" in response.headers) is (status in {429, 503})
    assert ("Location" in response.headers) is (status == 302)


def test_a_reset_reaches_the_client_as_a_reset(sandbox):
    body = f'<package key="sandbox">{send(msg(1, phone=PHONES["reset"]))}</package>'.encode()
    head = f"POST /api/xml.php HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    address = urlsplit(sandbox.url)
    with socket.create_connection((address.hostname, address.port)) as connection:
        connection.sendall(head + body)
        with pytest.raises(ConnectionResetError):
            connection.recv(1)


def test_a_broken_gzip_is_no_gzip(sandbox):
    sandbox.fail_next("broken-gzip")
    with requests.post(
        sandbox.url, data=b"<package key='sandbox'><balance></balance></package>", stream=True, timeout=5
    ) as r:
        assert r.headers["Content-Encoding"] == "gzip"
        with pytest.raises(gzip.BadGzipFile):
            gzip.decompress(r.raw.read(decode_content=False))


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("left-out", ('<msg id="1" msg_id="1234568">1</msg>', '<msg id="3" msg_id="1234570">1</msg>')),
        (
            "other-order",
            (
                '<msg id="3" msg_id="1234570">1</msg>',
                '<msg id="2" msg_id="1234569">1</msg>',
                '<msg id="1" msg_id="1234568">1</msg>',
            ),
        ),
        (
            "spaces",
            (
                '<msg id="1" msg_id="1234568">1</msg>',
                '<msg id="2" msg_id="1234569">\n    1 </msg>',
                '<msg id="3" msg_id="1234570">1</msg>',
            ),
        ),
        (
            "strange-code",
            (
                '<msg id="1" msg_id="1234568">1</msg>',
                f'<msg id="2" msg_id="1234569">{UNKNOWN_CODE}</msg>',
                '<msg id="3" msg_id="1234570">1</msg>',
            ),
        ),
        (
            "stranger",
            (
                '<msg id="999999999999999999" msg_id="999">1</msg>',
                '<msg id="1" msg_id="1234568">1</msg>',
                '<msg id="2" msg_id="1234569">1</msg>',
                '<msg id="3" msg_id="1234570">1</msg>',
            ),
        ),
        (
            "twice",
            (
                '<msg id="1" msg_id="1234568">1</msg>',
                '<msg id="2" msg_id="1234569">1</msg>',
                '<msg id="2" msg_id="1234569">1</msg>',
                '<msg id="3" msg_id="1234570">1</msg>',
            ),
        ),
    ],
)
def test_an_oddity_concerns_its_own_message_and_only_once(sandbox, answer_to, name, rows):
    package = send(msg(1), msg(2, phone=PHONES[name]), msg(3))
    assert answer_to(package) == f"<message-viber>{''.join(rows)}</message-viber>"
    assert [sandbox.times_accepted(reference) for reference in (1, 2, 3)] == [1, 1, 1]
    again = "".join(f'<msg id="{reference}" msg_id="0">208</msg>' for reference in (1, 2, 3))
    assert answer_to(package) == f"<message-viber>{again}</message-viber>"


def test_every_oddity_is_tested_here():
    names = {"left-out", "other-order", "spaces", "strange-code", "stranger", "twice"}
    assert {scenario.name for scenario in ODDITIES} == names


def test_one_poisoned_number_refuses_its_whole_package(sandbox, answer_to):
    assert answer_to(send(msg(1), msg(2, phone=PHONES["error-201"]))) == "<error>201</error>"
    assert ">1</msg>" in answer_to(send(msg(1)))


def test_silence_ends_when_the_sandbox_stops():
    with Sandbox(silence_seconds=60) as sandbox:
        sandbox.fail_next("silence")
        with pytest.raises(requests.ReadTimeout):
            requests.post(sandbox.url, data=f'<package key="sandbox">{send(msg(1))}</package>', timeout=0.1)
        assert sandbox.times_accepted(1) == 1
