"""A person writes, sends and follows a message."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.looking import fits
from viber_messaging.models import Message
from viber_messaging.sandbox import Sandbox
from viber_messaging.states import MessageState

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LOOKS = [("uk", "light", 1280), ("uk", "dark", 360), ("en", "dark", 1280), ("en", "light", 360)]


def fill_in(page: Any, phone: str = "097 123-45-67") -> None:
    page.select_option("#id_sender", "Kvitka")
    page.fill("#id_phone", phone)
    page.fill("#id_text", "Привіт *світ*")


@pytest.mark.parametrize(("language", "scheme", "width"), LOOKS)
def test_a_message_is_written_sent_and_shown_with_its_number(
    site: Sandbox, open_admin: Callable[..., Any], language: str, scheme: str, width: int
):
    page = open_admin("viber_messaging/message/add/", language=language, scheme=scheme, width=width)
    fill_in(page)
    assert fits(page)
    page.click("[name=_send]")
    message = Message.objects.get()
    assert message.state == MessageState.ACCEPTED
    assert message.msg_id in page.inner_text(".messagelist")
    assert fits(page)


def test_a_draft_is_kept_and_sent_later(site: Sandbox, open_admin: Callable[..., Any]):
    page = open_admin("viber_messaging/message/add/")
    fill_in(page)
    page.click("[name=_save]")
    assert Message.objects.get().state == MessageState.DRAFT
    assert site.request_count == 0
    page.goto(page.url.split("/admin/")[0] + f"/admin/viber_messaging/message/{Message.objects.get().pk}/change/")
    page.click("[name=_send]")
    assert Message.objects.get().state == MessageState.ACCEPTED


def test_a_page_of_what_was_sent_asks_the_server_for_nothing(site: Sandbox, open_admin: Callable[..., Any]):
    message = Message.objects.create(sender="Kvitka", phone="+380971234567", text="Text")
    page = open_admin("viber_messaging/")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if request.resource_type == "fetch" else None)
    page.goto(page.url + f"message/{message.pk}/change/")
    page.wait_for_timeout(500)
    assert page.inner_text(".viber-screen")
    assert asked == []


def test_a_wrong_phone_is_told_at_its_field_and_nothing_is_lost(site: Sandbox, open_admin: Callable[..., Any]):
    page = open_admin("viber_messaging/message/add/", language="uk")
    fill_in(page, phone="044 123-45-67")
    page.click("[name=_send]")
    assert "стаціонарний" in page.inner_text(".field-phone .errorlist")
    assert page.input_value("#id_text") == "Привіт *світ*"
    assert not Message.objects.exists()


def test_a_wrong_key_is_told_on_the_page_after_it(
    site: Sandbox, open_admin: Callable[..., Any], configure: Callable[..., None]
):
    configure(API_KEY="wrong")
    page = open_admin("viber_messaging/message/add/")
    fill_in(page)
    page.click("[name=_send]")
    page.wait_for_selector("text=The gateway does not know the API key")
    assert Message.objects.get().state == MessageState.QUEUED


def test_a_refused_message_says_why_and_what_to_do(site: Sandbox, open_admin: Callable[..., Any]):
    page = open_admin("viber_messaging/message/add/")
    fill_in(page, phone="+380990000203")
    page.click("[name=_send]")
    assert "203" in page.inner_text(".messagelist")
    assert "Check the phone" in page.inner_text(".messagelist")


@pytest.mark.parametrize(("language", "scheme", "width"), LOOKS)
def test_the_phone_follows_what_is_written(
    site: Sandbox, open_admin: Callable[..., Any], language: str, scheme: str, width: int
):
    page = open_admin("viber_messaging/message/add/", language=language, scheme=scheme, width=width)
    assert not page.is_visible("#id_button")
    page.check("#id_type input[value=button]")
    fill_in(page)
    page.fill("#id_button", "До крамниці")
    page.fill("#id_image", "http://example.com/flowers.png")
    page.wait_for_selector(".viber-bubble-text b:text('світ')")
    page.wait_for_selector(".viber-bubble-button:text('До крамниці')")
    assert page.inner_text("#viber-note-phone") == "+380971234567"
    assert "https://" in page.inner_text("#viber-note-image.viber-note-bad")
    assert "13" in page.inner_text("#viber-note-text")
    page.check("#id_type input[value=text]")
    assert not page.is_visible("#id_button")
    assert fits(page)
    page.click("[name=_send]")
    assert Message.objects.get().text == "Привіт *світ*"


def test_a_test_goes_to_one_s_own_phone_and_the_draft_stays(site: Sandbox, open_admin: Callable[..., Any]):
    page = open_admin("viber_messaging/message/add/", language="uk")
    fill_in(page)
    page.fill("#viber-trial-phone", "050 111 22 33")
    page.click("[name=_test]")
    assert "+380501112233" in page.inner_text(".messagelist")
    assert [message.phone for message in site.accepted.values()] == ["+380501112233"]
    assert Message.objects.get(phone="+380971234567").state == MessageState.DRAFT


@pytest.mark.parametrize(("language", "scheme", "width"), LOOKS)
def test_the_first_page_tells_how_sending_goes(
    site: Sandbox, open_admin: Callable[..., Any], language: str, scheme: str, width: int
):
    for phone in ("+380971234567", "+380990000203"):
        Message.objects.create(sender="Kvitka", phone=phone, text="Привіт")
    page = open_admin("viber_messaging/", language=language, scheme=scheme, width=width)
    page.click(".viber-tile form button")
    assert "UAH" in page.inner_text(".viber-tiles")
    assert "203" in page.inner_text(".viber-columns")
    assert page.locator(".viber-chart rect").count() == 2
    assert fits(page)
