"""Everybody can read and use every page: checked by axe-core, on a narrow screen, and by keyboard alone."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser import axe, pages
from tests.browser.looking import fits
from tests.browser.scenery import Scenery, furnish
from viber_messaging.models import Campaign, Message, RecipientGroup, Sender
from viber_messaging.sandbox import Sandbox
from viber_messaging.states import CampaignState, MessageState

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LOOKS = [("uk", "light", 1280), ("uk", "dark", 360), ("en", "dark", 1280), ("en", "light", 360)]
NARROWEST = 320
SCREENSHOTS = os.environ.get("SCREENSHOTS", "")
"""A folder to leave pictures of all pages in, for whoever wants to look at them."""

LOOKS_OF_FOCUS = """element => [element, element.closest("label") || element].map(getComputedStyle).map(
    ({outlineStyle, outlineWidth, borderColor, backgroundColor, boxShadow, textDecoration}) =>
        [outlineStyle, outlineWidth, borderColor, backgroundColor, boxShadow, textDecoration].join()).join()"""


@pytest.fixture
def site(gateway: Sandbox, configure: Callable[..., None]) -> Scenery:
    configure(PACKAGE_SIZE=4)
    return furnish(f"{gateway.page_url}pictures/flowers.png")


def every_page(page: Any, site: Scenery) -> Iterator[str]:
    """Lead a browser that is on the dashboard to all our pages, one after the other; yield their names."""
    root = page.url
    for name, path in pages.addresses(site).items():
        page.goto(root + path)
        yield name
    for name, (path, go) in pages.ways(site).items():
        page.goto(root + path)
        go(page)
        yield name


def picture(page: Any, name: str) -> None:
    if SCREENSHOTS:
        page.screenshot(path=Path(SCREENSHOTS) / f"{name.replace(' ', '-')}.png", full_page=True)


@pytest.mark.parametrize(("language", "scheme", "width"), LOOKS)
def test_axe_finds_nothing_serious_and_no_page_is_wider_than_the_window(
    site: Scenery, open_admin: Callable[..., Any], language: str, scheme: str, width: int
):
    page = open_admin("viber_messaging/", language=language, scheme=scheme, width=width)
    wrong = []
    for name in every_page(page, site):
        picture(page, f"{name} {language} {scheme} {width}")
        wrong += [f"{name}: {complaint}" for complaint in axe.complaints(page)]
        page.set_viewport_size({"width": min(width, NARROWEST) if width < 1000 else width, "height": 900})
        wrong += [] if fits(page) else [f"{name}: does not fit"]
        page.set_viewport_size({"width": width, "height": 900})
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("width", [360, 1280])
def test_a_language_from_right_to_left_mirrors_the_pages(site: Scenery, open_admin: Callable[..., Any], width: int):
    page = open_admin("viber_messaging/", language="he", width=width)
    assert page.locator(".viber-chart svg").evaluate("svg => getComputedStyle(svg).transform").startswith("matrix(-1")
    root = page.url
    for path in ("", "message/add/", "recipient/import/", f"campaign/{site.campaigns['running']}/change/"):
        page.goto(root + path)
        assert page.evaluate("document.documentElement.dir") == "rtl"
        assert fits(page), path


def focus(page: Any, selector: str) -> None:
    """Press the Tab key until the focus is on what is named."""
    page.wait_for_selector(selector)
    for _press in range(120):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement?.matches(selector)", selector):
            return
    raise AssertionError(f"The keyboard does not lead to {selector}.")


def type_into(page: Any, fields: dict[str, str]) -> None:
    for selector, text in fields.items():
        focus(page, selector)
        page.keyboard.type(text)


def press_by_keyboard(page: Any, selector: str) -> None:
    focus(page, selector)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_a_message_is_written_and_sent_by_keyboard_alone(
    gateway: Sandbox, configure: Callable[..., None], open_admin: Callable[..., Any]
):
    configure(DISPATCH="inline")
    Sender.objects.create(name="Kvitka")
    page = open_admin("viber_messaging/message/add/")
    page.route("https://example.com/**", lambda route: route.fulfill(status=204))
    focus(page, "#id_phone")
    page.keyboard.type("097 123-45-67")
    focus(page, "#id_type input")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    picture = "https://example.com/flowers.png"
    type_into(page, {"#id_text": "Hi", "#id_image": picture, "#id_button": "Shop", "#id_url": "https://example.com"})
    press_by_keyboard(page, "[name=_send]")
    message = Message.objects.get()
    assert (message.state, message.type, message.button) == (MessageState.ACCEPTED, "button", "Shop")


def test_a_campaign_is_written_and_started_by_keyboard_alone(gateway: Sandbox, open_admin: Callable[..., Any]):
    Sender.objects.create(name="Kvitka")
    RecipientGroup.objects.create(name="Friends").recipients.create(phone="+380971234567")
    page = open_admin("viber_messaging/campaign/add/")
    type_into(page, {"#id_name": "Spring"})
    focus(page, "[name=groups]")
    page.keyboard.press("Space")
    type_into(page, {"#id_text": "Hi"})
    press_by_keyboard(page, "[name=_review]")
    press_by_keyboard(page, ".viber-start")
    assert Campaign.objects.get().state == CampaignState.RUNNING


def test_the_focus_can_be_seen_wherever_it_goes(site: Scenery, open_admin: Callable[..., Any]):
    page = open_admin("viber_messaging/message/add/")
    for selector in ("#id_phone", "#id_type input", "#id_text", "#viber-trial-phone", "[name=_test]", "[name=_send]"):
        before = page.locator(f"{selector} >> nth=0").evaluate(LOOKS_OF_FOCUS)
        focus(page, selector)
        assert page.evaluate(f"() => ({LOOKS_OF_FOCUS})(document.activeElement)") != before, selector
