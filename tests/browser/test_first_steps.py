"""A new site: the steps lead through it, and a form keeps what was written while a sender is added."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.looking import fits
from tests.browser.pages import press
from viber_messaging.models import Message, Sender
from viber_messaging.sandbox import Sandbox

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LOOKS = [("uk", "light", 1280), ("en", "dark", 390)]


@pytest.mark.parametrize(("language", "scheme", "width"), LOOKS)
def test_a_sender_is_added_beside_the_form_and_nothing_that_was_written_is_lost(
    gateway: Sandbox,
    open_admin: Callable[..., Any],
    configure: Callable[..., None],
    language: str,
    scheme: str,
    width: int,
):
    configure(DISPATCH="inline")
    page = open_admin("viber_messaging/", language=language, scheme=scheme, width=width)
    assert fits(page)
    press(page, ".viber-steps a[href$='/message/add/']")
    page.fill("#id_phone", "097 123-45-67")
    page.fill("#id_text", "Знижка до неділі")
    with page.expect_popup() as window:
        page.click("#add_id_sender")
    window.value.fill("#id_name", "Kvitka")
    with window.value.expect_event("close"):
        window.value.click("[name=_save]")
    assert Sender.objects.get().name == "Kvitka"
    assert page.input_value("#id_sender") == "Kvitka"
    assert not page.is_visible("#add_id_sender")
    press(page, "[name=_send]")
    message = Message.objects.get()
    assert (message.sender, message.text, message.state) == ("Kvitka", "Знижка до неділі", "accepted")
