"""How things stand, as figures for a monitor: from the command, from code, from the admin."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from tests import doors
from viber_messaging.api import get_balance
from viber_messaging.models import Message
from viber_messaging.sandbox import Sandbox
from viber_messaging.statistics import FIGURES, exposition, figures, standing

MakeMessage = Callable[..., Message]
ALERTS = (Path(__file__).parents[2] / "docs" / "deploy" / "viber-alerts.yml").read_text(encoding="utf-8")


def now() -> dict[str, Any]:
    return figures(standing())


def test_every_figure_is_documented_and_a_new_site_has_them_all(db: None):
    assert list(now()) == list(FIGURES)
    assert now()["worker_seconds"] is None
    assert now()["oldest_seconds"] == 0


def test_figures_tell_the_queue_the_worker_and_the_account(
    gateway: Sandbox, make_message: MakeMessage, clock: Any, configure: Any
):
    configure(LOW_BALANCE=10**7)
    doors.work()
    get_balance()
    clock.shift(600)
    make_message(state="unconfirmed")
    make_message(state="accepted")
    make_message()
    clock.shift(60)
    told = {"waiting": 1, "sending": 0, "unconfirmed": 1, "on_their_way": 1}
    told |= {"has_worker": False, "lacks_worker": True, "is_low": True}
    figures = now()
    assert told.items() <= figures.items()
    assert 60 <= figures["oldest_seconds"] < 600
    assert 660 <= figures["worker_seconds"] < 1200
    assert 660 <= figures["balance_seconds"] < 1200


def test_figures_tell_what_failed_and_what_the_gateway_refused_in_the_last_day(
    make_message: MakeMessage, clock: Any, db: None
):
    make_message(state="failed")
    make_message(state="rejected")
    assert (now()["failed"], now()["rejected"]) == (1, 1)
    clock.shift(90_000)
    make_message(state="rejected")
    make_message(state="rejected")
    make_message(state="failed")
    assert (now()["failed"], now()["rejected"]) == (2, 2)


def test_a_pause_and_a_persons_stop_are_told_apart(gateway: Sandbox, make_message: MakeMessage, clock: Any):
    make_message()
    gateway.fail_all("error-210")
    doors.work()
    paused = now()
    assert (paused["is_paused"], paused["reason"], paused["code"], paused["is_stopped"]) == (
        True, "account_refused", 210, False,
    )  # fmt: skip
    assert 0 < paused["paused_seconds"] <= 60
    clock.shift(7200)
    doors.stop_all()
    stopped = now()
    assert (stopped["is_paused"], stopped["paused_seconds"], stopped["is_stopped"]) == (False, 0, True)
    with pytest.raises(CommandError, match="a person stopped all sending at 2026-11-20 12:00"):
        call_command("viber_health")


def test_the_command_prints_json_and_leaves_it_to_the_monitor_to_judge(
    gateway: Sandbox, capsys: pytest.CaptureFixture[str]
):
    call_command("viber_health", json=True)
    told = json.loads(capsys.readouterr().out)
    (complaint,) = told.pop("complaints")
    assert complaint.startswith("no worker is running (never seen)")
    assert told.keys() == FIGURES.keys()


def test_the_admin_tells_the_same_figures(gateway: Sandbox, admin_client: Client):
    told = admin_client.get(reverse("admin:viber_messaging_message_stats")).json()
    assert FIGURES.keys() <= told.keys()


def test_prometheus_gets_what_is_a_number_and_known(gateway: Sandbox, make_message: MakeMessage, capsys: Any):
    make_message()
    call_command("viber_health", prometheus=True)
    lines = capsys.readouterr().out.splitlines()
    assert {"viber_messaging_waiting 1.0", "viber_messaging_lacks_worker 1.0"} <= set(lines)
    assert "# TYPE viber_messaging_waiting gauge" in lines
    assert not [line for line in lines if line.startswith(("viber_messaging_balance", "viber_messaging_reason"))]


def test_no_large_figure_is_rounded():
    assert list(exposition({"waiting": 1_234_567}))[-1] == "viber_messaging_waiting 1234567.0"


def test_the_alerts_ask_for_figures_that_there_are(gateway: Sandbox):
    asked = set(re.findall(r"viber_messaging_(\w+)", ALERTS))
    get_balance()
    told = {line.split()[0].removeprefix("viber_messaging_") for line in exposition(now()) if line[0] != "#"}
    assert len(asked) > 5
    assert asked <= told
