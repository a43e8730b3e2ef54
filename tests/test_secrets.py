"""No secret leaves by the back door: not by a traceback, a debug page, an error mail or a task."""

import sys
from collections.abc import Callable
from typing import Any

import pytest
from billiard.exceptions import SoftTimeLimitExceeded
from django.views.debug import ExceptionReporter

from tests import doors
from tests.moments import Moments
from viber_messaging.models import Message
from viber_messaging.sandbox import Sandbox

# In pieces, because a debug page shows these very lines.
PHONE = "+38097-1234567".replace("-", "")
TEXT = "a text for one pair_of eyes".replace("_", " ")


def report_of_a_crash(moment: str, moments: Moments, *, is_email: bool) -> str:
    def crash(*args: Any, **kwargs: Any) -> None:
        raise SoftTimeLimitExceeded("out of time")

    moments.replace(moment, crash)
    try:
        doors.work()
    except SoftTimeLimitExceeded:
        reporter = ExceptionReporter(None, *sys.exc_info(), is_email=is_email)
        return reporter.get_traceback_html() + reporter.get_traceback_text()
    raise AssertionError("nothing crashed")


@pytest.mark.parametrize("debug", [True, False])
@pytest.mark.parametrize("moment", ["the post", "the decoding of a reply", "the record"])
def test_a_crash_while_sending_shows_neither_key_nor_phone_nor_text(
    gateway: Sandbox,
    make_message: Callable[..., Message],
    moments: Moments,
    settings: Any,
    moment: str,
    debug: bool,
):
    settings.DEBUG = debug
    make_message(phone=PHONE, text=TEXT)
    page = report_of_a_crash(moment, moments, is_email=not debug)
    assert "out of time" in page
    assert gateway.key not in page
    assert PHONE.lstrip("+") not in page
    assert TEXT not in page


def test_the_mark_of_the_settings_does_not_tell_the_key(gateway: Sandbox):
    mark = doors.account_mark()
    assert gateway.key not in mark
    assert len(mark) == 16


def test_a_message_and_an_attempt_show_no_phone_in_their_repr(gateway: Sandbox, make_message: Callable[..., Message]):
    message = make_message(phone=PHONE)
    doors.work()
    assert PHONE not in repr(message) + repr(message.attempts.get())
