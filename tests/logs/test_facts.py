"""What a log record tells a program: an event by name, ids, codes and counts."""

import ast
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests import doors
from tests.sources import dotted, modules, nodes
from viber_messaging.logs.facts import EVENTS, FACTS, PREFIX, facts
from viber_messaging.models import Message
from viber_messaging.sandbox import Sandbox

PHONE, TEXT = "+380971234567", "canary text"
USUAL = set(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}

LOGGING = {f"logger.{level}" for level in ("debug", "info", "warning", "error", "exception", "critical", "log")}


def calls() -> Iterator[tuple[str, ast.Call]]:
    """Yield each call of the package, and where it stands."""
    for name, source in modules():
        for node in nodes(source, ast.Call):
            yield f"{name}:{node.lineno}", node


def test_every_record_tells_its_event():
    logging_calls = [(place, call) for place, call in calls() if dotted(call.func) in LOGGING]
    silent = [place for place, call in logging_calls if "extra" not in {word.arg for word in call.keywords}]
    assert len(logging_calls) > 20
    assert silent == []


def test_nothing_logs_past_the_loggers_that_are_looked_at():
    made = {place: ast.unparse(call) for place, call in calls() if dotted(call.func).startswith("logging.")}
    assert len(made) > 10
    assert set(made.values()) == {"logging.getLogger(__name__)"}


def test_every_event_is_documented_and_every_documented_one_is_told():
    told = {ast.literal_eval(call.args[0]) for _place, call in calls() if dotted(call.func) == "facts"}
    assert told == EVENTS.keys()


def test_what_is_not_documented_is_refused():
    with pytest.raises(ValueError, match="phone"):
        facts("package_recorded", phone=PHONE)
    with pytest.raises(ValueError, match="package_lost"):
        facts("package_lost")


def extras(record: logging.LogRecord) -> dict[str, Any]:
    return {name: value for name, value in record.__dict__.items() if name not in USUAL}


def test_records_tell_documented_facts_and_nothing_of_a_person(
    gateway: Sandbox, make_message: Callable[..., Message], caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.DEBUG, "viber_messaging")
    gateway.fail_next("http-500")
    make_message(phone=PHONE, text=TEXT)
    doors.work()
    make_message(phone=PHONE, text=TEXT)
    doors.work()
    told = [extras(record) for record in caplog.records]
    assert {"gateway_answered", "gateway_failed", "package_recorded"} <= {record["viber_event"] for record in told}
    assert {"viber_count": 1, "viber_event": "package_recorded", "viber_states": {"accepted": 1}} in told
    assert {name for record in told for name in record} <= {f"{PREFIX}{name}" for name in FACTS}
    assert PHONE not in repr(told) + caplog.text
    assert TEXT not in repr(told) + caplog.text


def test_a_persons_stop_is_told_once(db: None, caplog: pytest.LogCaptureFixture):
    for change in (doors.stop_all, doors.stop_all, doors.let_go_on, doors.let_go_on):
        change()
    events = [extras(record)["viber_event"] for record in caplog.records]
    assert events == ["sending_stopped", "sending_allowed"]
