"""A person writes a campaign, tries it, starts it, watches it, pauses it and lets it go on."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests import doors
from tests.browser.looking import fits
from viber_messaging.models import Campaign, Message, RecipientGroup, Sender
from viber_messaging.sandbox import Sandbox
from viber_messaging.states import CampaignState

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SCREENSHOTS = os.environ.get("SCREENSHOTS", "")
"""A folder to leave pictures of the pages in, for whoever wants to look at them."""

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
    page.check(".viber-groups label:has-text('Friends') input")
    page.wait_for_selector("#viber-note-groups:has-text('40')")
    page.select_option("#id_sender", "Kvitka")
    page.fill("#id_text", "Привіт, {name|друже}! {city} чекає. *Знижка* до неділі.")
    page.wait_for_selector("#viber-preview .viber-bubble-text:has-text('Оля 0')")
    assert "+380971234500" in page.inner_text(".viber-whose")
    assert "Привіт, Оля 0! Львів чекає." in page.inner_text("#viber-preview .viber-bubble-text")
    assert fits(page)
    picture(page, "form")
    page.click("[name=_review]")


def picture(page: Any, name: str) -> None:
    if SCREENSHOTS:
        at = f"{page.evaluate('navigator.language')}-{page.viewport_size['width']}"
        page.screenshot(path=Path(SCREENSHOTS) / f"campaign-{name}-{at}.png", full_page=True)


def shown(page: Any, name: str) -> str:
    return str(page.inner_text(f"[data-text={name}]"))


@pytest.mark.parametrize(("language", "scheme", "width"), LOOKS)
def test_a_campaign_is_written_tried_started_and_watched(
    site: Sandbox, open_admin: Callable[..., Any], language: str, scheme: str, width: int
):
    page = open_admin("viber_messaging/campaign/add/", language=language, scheme=scheme, width=width)
    write(page)
    assert fits(page)
    assert "Привіт, Оля 0! Львів чекає." in page.inner_text(".viber-phone")
    page.fill("#viber-phone", "050 123-45-67")
    page.click(".viber-trial button")
    assert Message.objects.get().campaign is None
    picture(page, "review")
    page.click(".viber-start")
    page.wait_for_selector("[data-state=running]")
    assert fits(page)
    doors.work(limit=11)
    page.wait_for_selector("[data-bar=queued][width='750']", state="attached")
    assert page.inner_text("[data-large=sent]") == "10"
    assert page.locator(".viber-counts [data-text=accepted]").is_visible()
    page.click("[value=pause]")
    page.wait_for_selector("[data-state=paused]")
    doors.work()
    assert len(site.accepted) == 11
    picture(page, "paused")
    page.click("[value=resume]")
    page.wait_for_selector("[data-state=running]")
    doors.work()
    page.wait_for_selector("[data-state=finished]")
    assert len(site.accepted) == 41
    assert "40" in shown(page, "summary").split()
    assert page.inner_text("[data-large=sent]") == "40"
    assert page.inner_text("[data-share=sent]").split() == ["100", "%"]
    assert not page.locator(".viber-counts [data-text=cancelled]").is_visible()
    assert "Привіт, " in page.inner_text(".viber-progress .viber-bubble-text")
    assert fits(page)
    Message.objects.filter(campaign__isnull=False, phone__endswith="7").update(state="unconfirmed")
    Message.objects.filter(campaign__isnull=False, phone__endswith="8").update(state="failed")
    Message.objects.filter(campaign__isnull=False, phone__endswith="9").update(state="read")
    page.reload()
    page.click("details:has(#viber-export-who) summary")
    picture(page, "finished")
    with page.expect_download() as download:
        page.click("details:has(#viber-export-who) button")
    assert download.value.suggested_filename.endswith(".xlsx")
    page.goto(page.url.split("campaign/")[0] + "campaign/")
    assert fits(page) or width == 360
    picture(page, "list")


def test_a_placeholder_is_written_where_one_was_writing(site: Sandbox, open_admin: Callable[..., Any]):
    page = open_admin("viber_messaging/campaign/add/")
    page.check(".viber-groups input")
    page.wait_for_selector(".viber-placeholders button:has-text('city')")
    assert page.locator(".viber-placeholders button").all_inner_texts() == ["{name}", "{city}"]
    page.fill("#id_text", "Hi, !")
    page.evaluate("document.querySelector('#id_text').setSelectionRange(4, 4)")
    page.click(".viber-placeholders button:has-text('name')")
    assert page.input_value("#id_text") == "Hi, {name}!"
    page.wait_for_selector(".viber-bubble-text:has-text('Hi, Оля 0!')")
    page.check("#id_type input[value=button]")
    page.focus("#id_button")
    page.click(".viber-placeholders button:has-text('city')")
    assert page.input_value("#id_button") == "{city}"
    assert page.evaluate("document.activeElement.id") == "id_button"


def test_among_many_groups_one_is_found_by_a_part_of_its_name(site: Sandbox, open_admin: Callable[..., Any]):
    RecipientGroup.objects.bulk_create([RecipientGroup(name=f"Group {number}") for number in range(300)])
    page = open_admin("viber_messaging/campaign/add/", width=360)
    assert fits(page)
    page.check(".viber-groups label:has-text('Friends') input")
    page.fill(".viber-groups-search", "up 299")
    page.check(".viber-groups label:has-text('Group 299') input")
    shown_groups = page.locator(".viber-groups > div:visible").all_inner_texts()
    assert [name.split("\n")[0] for name in shown_groups] == ["Friends", "Group 299"]
    page.keyboard.press("Enter")
    assert page.url.endswith("/campaign/add/")
    page.wait_for_selector("#viber-note-groups:has-text('40')")


def test_without_javascript_a_campaign_is_written(site: Sandbox, open_without_script: Callable[[str], Any]):
    page = open_without_script("viber_messaging/campaign/add/")
    page.fill("#id_name", "Spring")
    page.check("label:has-text('Friends') input")
    page.fill("#id_text", "Hi")
    page.click("[name=_save]")
    assert Campaign.objects.get().groups.get().name == "Friends"


def test_without_javascript_all_buttons_work(site: Sandbox, open_without_script: Callable[[str], Any]):
    campaign = Campaign.objects.create(name="Spring", sender="Kvitka", text="Hi, {name}")
    campaign.groups.set(RecipientGroup.objects.all())
    page = open_without_script(f"viber_messaging/campaign/{campaign.pk}/review/")
    page.click(".viber-start")
    doors.work(limit=10)
    page.reload()
    assert shown(page, "to_come") == "0"
    page.click(".viber-buttons summary")
    page.click("[value=cancel]")
    assert Campaign.objects.get().state == CampaignState.CANCELLED
    assert shown(page, "cancelled") == "30"


def test_the_states_of_campaigns_have_colours_of_their_own(site: Sandbox, open_admin: Callable[..., Any]):
    for state in CampaignState:
        Campaign.objects.create(name=state, sender="Kvitka", text="Hi", state=state)
    page = open_admin("viber_messaging/campaign/")
    page.wait_for_load_state("load")
    colours = page.eval_on_selector_all(".viber-state", "all => all.map(one => getComputedStyle(one).backgroundColor)")
    assert len(colours) == len(CampaignState)
    assert len(set(colours)) == len(CampaignState)
