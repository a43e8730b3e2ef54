"""What a worker shows on a terminal while it works."""

import sys
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command

from tests.moments import Moments
from viber_messaging.models import Message
from viber_messaging.sandbox import Sandbox


@pytest.mark.parametrize("is_terminal", [True, False])
def test_a_terminal_shows_how_far_a_round_is(
    gateway: Sandbox,
    configure: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
    moments: Moments,
    capsys: Any,
    is_terminal: bool,
):
    configure(PACKAGE_SIZE=2)
    Message.objects.bulk_create([Message(sender="SMSTest", phone="+380971234567", text="Text") for _ in range(6)])
    moments.set("seconds between lines of progress", 0)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: is_terminal)
    call_command("viber_worker", once=True)
    lines = capsys.readouterr().out.splitlines()
    assert ("So far: 4 accepted" in lines) == is_terminal
    assert lines[-1] == "Finished: 6 accepted."
