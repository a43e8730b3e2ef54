"""What a worker does about memory when it has a process of its own."""

import gc

import pytest
from django.core.management.base import BaseCommand

from viber_messaging.management.commands.viber_worker import Command


def test_garbage_collections_pass_by_what_was_imported(monkeypatch: pytest.MonkeyPatch):
    frozen = []
    monkeypatch.setattr(BaseCommand, "run_from_argv", lambda _command, _argv: frozen.append(gc.get_freeze_count()))
    try:
        Command().run_from_argv(["manage.py", "viber_worker"])
    finally:
        gc.unfreeze()
    assert frozen[0] > 10_000
