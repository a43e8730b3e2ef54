"""What a log record tells a program: an event by name, ids, codes and counts."""

import ast
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import viber_messaging
from viber_messaging.delivery import worker
from viber_messaging.log_facts import FACTS, PREFIX, facts
from viber_messaging.models import Message
from viber_messaging.sandbox import Sandbox

PACKAGE = Path(viber_messaging.__file__).parent
PHONE, TEXT = "+380971234567", "canary text"
USUAL = set(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}


LOUD = {f"logger.{level}" for level in ("info", "warning", "error", "exception", "critical")}


def loud_calls() -> Iterator[tuple[str, ast.Call]]:
    """Yield each call that logs more than details, outside the wire, which knows no facts of ours."""
    for path in sorted(PACKAGE.rglob("*.py")):
        if path.is_relative_to(PACKAGE / "gateway"):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in LOUD:
                yield f"{path.relative_to(PACKAGE)}:{node.lineno}", node


def test_every_record_tells_its_event():
    calls = dict(loud_calls())
    silent = [place for place, call in calls.items() if "extra" not in {word.arg for word in call.keywords}]
    assert len(calls) > 15
    assert silent == []


def test_a_fact_that_is_not_documented_is_refused():
    with pytest.raises(ValueError, match="phone"):
        facts("package_recorded", phone=PHONE)


def extras(record: logging.LogRecord) -> dict[str, Any]:
    return {name: value for name, value in record.__dict__.items() if name not in USUAL}


def test_records_tell_documented_facts_and_nothing_of_a_person(
    gateway: Sandbox, make_message: Callable[..., Message], caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.INFO, "viber_messaging")
    gateway.fail_next("http-500")
    make_message(phone=PHONE, text=TEXT)
    worker.run_due()
    make_message(phone=PHONE, text=TEXT)
    worker.run_due()
    told = [extras(record) for record in caplog.records]
    assert {"gateway_failed", "package_recorded"} <= {record["viber_event"] for record in told}
    assert {"viber_count": 1, "viber_event": "package_recorded", "viber_states": {"accepted": 1}} in told
    assert {name for record in told for name in record} <= {f"{PREFIX}{name}" for name in FACTS}
    assert PHONE not in repr(told) + caplog.text
    assert TEXT not in repr(told) + caplog.text
