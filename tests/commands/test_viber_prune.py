"""Deleting what ended long ago."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from viber_messaging.delivery import pruning
from viber_messaging.models import Message, SendAttempt
from viber_messaging.states import FINAL_STATES, MessageState


@pytest.fixture
def messages(transactional_db: None, configure: Any, make_message: Any) -> dict[str, Message]:
    configure(DISPATCH="worker")
    old = timezone.now() - timedelta(days=40)
    made = {state: make_message(state=state, completed_at=old) for state in MessageState}
    for message in made.values():
        SendAttempt.objects.create(message=message, number=1, started_at=old, finished_at=old, outcome="unknown")
    make_message(state=MessageState.DELIVERED, completed_at=timezone.now())
    return made


def test_only_what_ended_long_ago_is_deleted(messages: dict[str, Message], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(pruning, "BATCH_SIZE", 2)
    call_command("viber_prune", older_than=30)
    left = set(Message.objects.values_list("state", flat=True))
    assert left == {*MessageState} - FINAL_STATES | {MessageState.DELIVERED}
    assert SendAttempt.objects.count() == len(left) - 1


def test_a_dry_run_only_counts(messages: dict[str, Message], capsys: pytest.CaptureFixture[str]):
    before = Message.objects.count()
    call_command("viber_prune", older_than=30, dry_run=True)
    assert capsys.readouterr().out == f"{len(FINAL_STATES)} messages would be deleted.\n"
    assert Message.objects.count() == before


def test_less_than_a_day_is_refused():
    with pytest.raises(CommandError, match="at least 1 day"):
        call_command("viber_prune", older_than=0)
