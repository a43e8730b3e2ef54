"""A person writes, sends and follows a message."""

from collections.abc import Callable
from typing import Any

import pytest

from viber_messaging.models import Message, Sender
from viber_messaging.sandbox import Sandbox
from viber_messaging.states import MessageState

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LOOKS = [("uk", "light", 1280), ("uk", "dark", 360), ("en", "dark", 1280), ("en", "light", 360)]


@pytest.fixture
def site(gateway: Sandbox, configure: Callable[..., None]) -> Sandbox:
    configure(DISPATCH="inline")
    Sender.objects.create(name="Kvitka")
    return gateway


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
    page.click("[name=_send]")
    message = Message.objects.get()
    assert message.state == MessageState.ACCEPTED
    assert message.msg_id in page.inner_text(".messagelist")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_draft_is_kept_and_sent_later(site: Sandbox, open_admin: Callable[..., Any]):
    page = open_admin("viber_messaging/message/add/")
    fill_in(page)
    page.click("[name=_save]")
    assert Message.objects.get().state == MessageState.DRAFT
    assert site.request_count == 0
    page.goto(page.url.split("/admin/")[0] + f"/admin/viber_messaging/message/{Message.objects.get().pk}/change/")
    page.click("[name=_send]")
    assert Message.objects.get().state == MessageState.ACCEPTED


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
    assert Message.objects.get().state == MessageState.QUEUED
    assert "The gateway does not know the API key" in page.inner_text("#content, .viber-banner, body")


def test_a_refused_message_says_why_and_what_to_do(site: Sandbox, open_admin: Callable[..., Any]):
    page = open_admin("viber_messaging/message/add/")
    fill_in(page, phone="+380990000203")
    page.click("[name=_send]")
    assert "203" in page.inner_text(".messagelist")
    assert "Check the phone" in page.inner_text(".messagelist")
