"""A short run of the chaos, and what its judges see; longer runs are made by hand and by CI."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import doors
from tests.chaos import audience, campaigning, importer, triggers
from tests.chaos.audience import Plan, plan_for
from tests.chaos.gateway import FORM_FAULTS, Gateway
from viber_messaging.models import Campaign, Message, Recipient, StagedImport

ROOT = Path(__file__).resolve().parents[2]
PLAN = Plan(campaigns=3, people=4)


@pytest.mark.processes
@pytest.mark.parametrize("more", [[], ["--restores", "1"], ["--account-changes", "1"]], ids=" ".join)
def test_killed_workers_and_spoilt_answers_lose_nothing_and_send_nothing_twice(more: list[str]):
    messages = "200" if more else "300"
    arguments = ["--messages", messages, "--workers", "3", "--kills", "4", "--faults", "15", "--seed", "7", *more]
    done = subprocess.run(
        [sys.executable, "-m", "tests.chaos", *arguments], cwd=ROOT, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{messages} of {messages} accepted" in done.stdout


@pytest.mark.parametrize("messages", [300, 2000, 20000])
def test_about_a_third_of_the_messages_are_of_campaigns(messages: int):
    plan = plan_for(messages, 10)
    assert 0.3 <= plan.wanted() / messages <= 0.34
    assert all(len(plan.expected(number)) == plan.people * 2 + plan.people // 2 for number in range(10))
    assert plan_for(messages, 0).wanted() == 0


def test_nobody_who_must_be_reached_bears_the_phone_of_another():
    phones = [phone for group in range(3) for phone in PLAN.own(group)]
    kinds = (audience.OPTED_OUT, audience.NAMELESS, audience.TOO_LONG, audience.FICKLE)
    phones += [phone for group in range(3) for kind in kinds for phone in PLAN.others(kind, group)]
    phones += audience.newcomers(0) + audience.newcomers(1)
    assert len(set(phones)) == len(phones)
    assert {len(phone) for phone in phones} == {13}


@pytest.fixture
def history(transactional_db: None, configure: Any) -> Iterator[None]:
    """Keep the history of this test's campaigns, made as for a run."""
    configure(DISPATCH="worker")
    campaigning.make(PLAN)
    triggers.keep_history()
    yield
    triggers.keep_no_history()


@pytest.fixture
def gateway(configure: Any) -> Iterator[Gateway]:
    with Gateway(key="sandbox", seconds_to_deliver=0) as gateway:
        configure(API_KEY=gateway.key, API_URL=gateway.url, DISPATCH="worker")
        yield gateway


def send_all() -> None:
    """Start every campaign, and work until nothing is due."""
    for campaign in Campaign.objects.order_by("pk"):
        doors.start(campaign)
    for _ in range(3):
        doors.work()


def seen(gateway: Gateway) -> list[str]:
    return [*campaigning.violations(gateway, PLAN), *importer.violations()]


def test_what_goes_well_breaks_no_promise(history: None, gateway: Gateway):
    send_all()
    assert seen(gateway) == []
    assert len(gateway.accepted) >= PLAN.wanted()


def test_a_claim_after_a_pause_is_seen(history: None, gateway: Gateway):
    send_all()
    campaign = Campaign.objects.first()
    Campaign.objects.filter(pk=campaign.pk).update(state="paused")
    Message.objects.filter(pk=campaign.messages.first().pk).update(state="queued")
    Message.objects.filter(state="queued").update(state="sending")
    assert "1 messages of campaigns were claimed while paused" in seen(gateway)


def test_a_message_made_after_a_cancellation_is_seen(history: None, gateway: Gateway):
    campaign = Campaign.objects.first()
    doors.start(campaign)
    doors.cancel_campaign(campaign)
    campaign.messages.create(phone="+380630099999", sender="SMSTest", text="c0 x")
    assert "1 messages of campaigns were made while cancelled" in seen(gateway)


def test_a_pause_that_is_over_holds_nothing(history: None, gateway: Gateway):
    campaign = Campaign.objects.first()
    doors.start(campaign)
    doors.pause(campaign)
    doors.work()
    assert not gateway.accepted
    doors.resume(campaign)
    send_all()
    assert seen(gateway) == []


def test_people_left_out_twice_are_seen(history: None, gateway: Gateway):
    send_all()
    Campaign.objects.filter(name="c0").update(opted_out_count=5)
    assert any(sentence.startswith("campaign c0 counted") for sentence in seen(gateway))


def test_somebody_who_is_not_reached_is_seen(history: None, gateway: Gateway):
    send_all()
    gateway.forget(Message.objects.get(campaign__name="c1", phone=PLAN.own(1)[0]).reference)
    assert "1 of 10 did not get campaign c1" in seen(gateway)


def test_an_import_is_seen_that_is_there_in_part(history: None, gateway: Gateway):
    importer.upload(0)
    Recipient.objects.create(phone=audience.newcomers(0)[3])
    assert "of an import not confirmed there are (1, 0) of the people" in seen(gateway)


def test_an_import_that_opts_somebody_in_is_seen(history: None, gateway: Gateway):
    importer.step(0)
    importer.step(0)
    assert StagedImport.objects.exclude(done_at=None).filter(owner="uploader 0:0").exists()
    send_all()
    assert seen(gateway) == []
    Recipient.objects.filter(phone=PLAN.others(audience.OPTED_OUT, 0)[0]).update(opted_out_at=None)
    assert seen(gateway) == ["1 people who had opted out can be written to, or since another time"]


@pytest.mark.parametrize("fault", FORM_FAULTS)
def test_what_is_refused_for_its_form_is_counted_apart(
    transactional_db: None, gateway: Gateway, make_message: Any, fault: str
):
    references = [make_message().reference for _ in range(4)]
    gateway.fail_next(fault)
    doors.work()
    assert set(gateway.accepted) == set(references)
    assert gateway.refused_for_form == dict.fromkeys(references, 1)
    assert gateway.submissions == dict.fromkeys(references, 2)
