"""The list of messages and the page of one as they are seen: nothing is cut off, and a row is a line."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.browser import pages
from tests.browser.looking import fits
from viber_messaging.models import Message, Recipient

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NAME = "Олександра-Вікторія Кучерявенко-Підопригора"
TEXT = "Ваше замовлення готове, чекаємо на вас щодня з дев’ятої до сьомої.\n\n" * 6
WAYS = [("read", 116), ("undelivered", 105), ("rejected", 203), ("unconfirmed", None), ("accepted", 1)]
CUT_OFF = """() => [...document.querySelectorAll("#result_list tbody :is(td, th)")].filter(cell => {
    const box = cell.getBoundingClientRect();
    return box.width < 20 || box.right > window.innerWidth || box.left < 0;
}).length"""
SCROLLS = "() => { const box = document.querySelector('.results'); return box.scrollWidth > box.clientWidth; }"


@pytest.fixture
def page_of_messages(configure: Callable[..., None]) -> None:
    """As many messages as a page holds, with long names, long texts and long explanations."""
    configure(DISPATCH="worker")
    now = timezone.now()
    for number in range(50):
        state, code = WAYS[number % len(WAYS)]
        phone = f"+3809712345{number:02}"
        Recipient.objects.create(phone=phone, name=NAME)
        moment = now - timedelta(minutes=number)
        Message.objects.create(sender="Kvitka", phone=phone, text=TEXT, state="draft")
        Message.objects.filter(phone=phone).update(state=state, status_code=code, created_at=moment, queued_at=moment)


@pytest.mark.parametrize(
    ("language", "scheme", "width", "tallest"),
    [("uk", "light", 1280, 40), ("en", "dark", 1440, 40), ("uk", "dark", 390, 70), ("en", "light", 390, 70)],
)
def test_the_list_fits_and_is_dense(
    page_of_messages: None, open_admin: Callable[..., Any], language: str, scheme: str, width: int, tallest: int
):
    page = open_admin("viber_messaging/message/", language=language, scheme=scheme, width=width)
    assert fits(page)
    assert not page.evaluate(SCROLLS)
    assert page.evaluate(CUT_OFF) == 0
    heights = page.evaluate("[...document.querySelectorAll('#result_list tbody tr')].map(row => row.offsetHeight)")
    assert len(heights) == 50
    assert max(heights) <= tallest
    page.check("#action-toggle", timeout=2000)
    assert page.locator("#result_list tr.selected").count() == 50


def test_the_filters_are_a_bar_and_in_a_narrow_window_one_button(
    page_of_messages: None, open_admin: Callable[..., Any]
):
    page = open_admin("viber_messaging/message/", width=1280)
    assert not page.is_visible(".viber-filters-button")
    choose(page)
    page = open_admin("viber_messaging/message/", width=390)
    assert not page.is_visible(".viber-filters")
    page.click(".viber-filters-button")
    choose(page)
    assert "rejected" in page.inner_text(".viber-filters-button")


def choose(page: Any) -> None:
    """Choose a state, and look at what is left."""
    page.click(".viber-menu summary:text('Status')")
    assert fits(page)
    pages.press(page, ".viber-choices a:text-is('rejected')")
    assert page.locator("#result_list tbody tr").count() == 10
    assert fits(page)


def test_the_filters_work_without_scripts(page_of_messages: None, open_admin: Callable[..., Any], chromium: Any):
    signed_in = open_admin("viber_messaging/message/")
    kept = signed_in.context.storage_state()
    context = chromium.new_context(
        java_script_enabled=False, storage_state=kept, locale="en", viewport={"width": 390, "height": 900}
    )
    page = context.new_page()
    page.goto(signed_in.url)
    page.click(".viber-filters-button")
    page.click(".viber-menu summary:text('Status')")
    pages.press(page, ".viber-choices a:text-is('rejected')")
    assert page.locator("#result_list tbody tr").count() == 10
    context.close()


@pytest.mark.parametrize(("language", "scheme", "width"), [("uk", "light", 1280), ("en", "dark", 390)])
@pytest.mark.parametrize("state", ["read", "rejected"])
def test_the_page_of_a_message_fits_with_its_facts_folded_and_unfolded(
    page_of_messages: None, open_admin: Callable[..., Any], language: str, scheme: str, width: int, state: str
):
    message = Message.objects.filter(state=state).latest("pk")
    path = f"viber_messaging/message/{message.pk}/change/"
    page = open_admin(path, language=language, scheme=scheme, width=width)
    assert fits(page)
    for part in ("h1", ".viber-summary p", ".viber-screen", ".viber-story"):
        assert page.is_visible(part)
    assert not page.is_visible(".viber-summary h2")
    assert not page.is_visible(".viber-technical table")
    page.click(".viber-technical summary")
    assert str(message.reference) in page.inner_text(".viber-technical table")
    assert fits(page)
