"""A person writes a campaign, tries it, starts it, watches it, pauses it and lets it go on."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.looking import fits
from viber_messaging.delivery import worker
from viber_messaging.models import Campaign, Message, RecipientGroup, Sender
from viber_messaging.sandbox import Sandbox
from viber_messaging.states import CampaignState

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LOOKS = [("uk", "light", 1280), ("uk", "dark", 360), ("en", "dark", 1280), ("en", "light", 360)]


@pytest.fixture
def site(gateway: Sandbox, configure: Callable[..., None]) -> Sandbox:
    configure(PACKAGE_SIZE=10)
    Sender.objects.create(name="Kvitka")
    group = RecipientGroup.objects.create(name="Friends")
    for number in range(40):
        group.recipients.create(phone=f"+3809712345{number:02d}", name=f"Оля {number}", attributes={"city": "Львів"})
    return gateway


def write(page: Any) -> None:
    page.fill("#id_name", "Spring")
    page.select_option("#id_groups_from", label="Friends")
    page.click("#id_groups_add, #id_groups_add_link")
    page.select_option("#id_sender", "Kvitka")
    page.fill("#id_text", "Привіт, {name|друже}! {city} чекає. *Знижка* до неділі.")
    page.click("[name=_review]")


def shown(page: Any, name: str) -> str:
    return str(page.inner_text(f"[data-text={name}]"))


@pytest.mark.parametrize(("language", "scheme", "width"), LOOKS)
def test_a_campaign_is_written_tried_started_and_watched(
    site: Sandbox, open_admin: Callable[..., Any], language: str, scheme: str, width: int, tmp_path: Any
):
    page = open_admin("viber_messaging/campaign/add/", language=language, scheme=scheme, width=width)
    write(page)
    assert fits(page)
    assert "Привіт, Оля 0! Львів чекає." in page.inner_text(".viber-phone")
    page.fill("#viber-phone", "050 123-45-67")
    page.click(".viber-trial button")
    assert Message.objects.get().campaign is None
    page.screenshot(path=tmp_path / "review.png", full_page=True)
    page.click(".viber-start")
    page.wait_for_selector("[data-state=running]")
    assert fits(page)
    worker.run_due(limit=11)
    page.wait_for_selector("[data-bar=queued][width='750']", state="attached")
    page.click("[value=pause]")
    page.wait_for_selector("[data-state=paused]")
    worker.run_due()
    assert len(site.accepted) == 11
    page.screenshot(path=tmp_path / "paused.png", full_page=True)
    page.click("[value=resume]")
    page.wait_for_selector("[data-state=running]")
    worker.run_due()
    page.wait_for_selector("[data-state=finished]")
    assert len(site.accepted) == 41
    assert "40" in shown(page, "summary").split()
    assert fits(page)
    page.screenshot(path=tmp_path / "finished.png", full_page=True)
    page.goto(page.url.split("campaign/")[0] + "campaign/")
    assert fits(page) or width == 360
    page.screenshot(path=tmp_path / "list.png", full_page=True)


def test_without_javascript_all_buttons_work(site: Sandbox, chromium: Any, live_server: Any, admin_user: Any):
    campaign = Campaign.objects.create(name="Spring", sender="Kvitka", text="Hi, {name}")
    campaign.groups.set(RecipientGroup.objects.all())
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{live_server.url}/admin/login/?next=/admin/viber_messaging/campaign/{campaign.pk}/review/")
    page.fill("#id_username", "admin")
    page.fill("#id_password", "password")
    page.click("[type=submit]")
    page.click(".viber-start")
    worker.run_due(limit=10)
    page.reload()
    assert shown(page, "to_come") == "0"
    page.click(".viber-buttons summary")
    page.click("[value=cancel]")
    assert Campaign.objects.get().state == CampaignState.CANCELLED
    assert shown(page, "cancelled") == "30"
    context.close()
