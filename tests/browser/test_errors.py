"""The errors of a form: one for a field, under the field, and gone once it is right."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.looking import fits
from tests.browser.pages import press
from viber_messaging.sandbox import Sandbox

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LOOKS = [("uk", "light", 1280), ("en", "dark", 390)]
WRONG = {
    "phone": "097 123 4",
    "text": "x" * 1010,
    "image": "http://example.com/a.png",
    "button": "До крамниці за квітами",
    "url": "ftp://x",
}
SHOWN = ":is(.errorlist li, .viber-note-bad)"


def fill_in_wrongly(page: Any) -> None:
    page.check("#id_type input[value=button]")
    for name, value in WRONG.items():
        page.fill(f"#id_{name}", value)


def errors(page: Any, name: str) -> list[str]:
    found = page.locator(f".field-{name} {SHOWN}").all_inner_texts()
    return [text for text in found if text]


def settle(page: Any) -> None:
    """Wait for the answer about what was typed last."""
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(400)
    page.wait_for_load_state("networkidle")


@pytest.mark.parametrize(("language", "scheme", "width"), LOOKS)
def test_each_field_has_one_error_before_and_after_it_was_posted(
    site: Sandbox, open_admin: Callable[..., Any], language: str, scheme: str, width: int
):
    page = open_admin("viber_messaging/message/add/", language=language, scheme=scheme, width=width)
    fill_in_wrongly(page)
    settle(page)
    live = {name: errors(page, name) for name in WRONG}
    press(page, "[name=_save]")
    settle(page)
    assert live == {name: errors(page, name) for name in WRONG}
    assert all(len(found) == 1 for found in live.values()), live
    assert "3" in live["phone"][0]
    assert "ами" in live["button"][0]
    assert fits(page)


@pytest.mark.parametrize(("language", "scheme", "width"), LOOKS)
def test_an_error_stands_under_its_field_and_begins_where_it_begins(
    site: Sandbox, open_admin: Callable[..., Any], language: str, scheme: str, width: int
):
    page = open_admin("viber_messaging/message/add/", language=language, scheme=scheme, width=width)
    fill_in_wrongly(page)
    press(page, "[name=_save]")
    for name in WRONG:
        field = page.locator(f"#id_{name}").bounding_box()
        error = page.locator(f".field-{name} .errorlist li").first.bounding_box()
        hint = page.locator(f".field-{name} .help > div").first.bounding_box()
        assert error["y"] >= field["y"] + field["height"], name
        assert abs(error["x"] - field["x"]) <= 12, name
        assert abs(hint["x"] - field["x"]) <= 12, name


def test_an_error_goes_once_its_field_is_right_and_that_of_an_empty_field_stays(
    site: Sandbox, open_admin: Callable[..., Any]
):
    page = open_admin("viber_messaging/message/add/")
    page.fill("#id_phone", "097 123 4")
    press(page, "[name=_save]")
    page.fill("#id_phone", "097 123 45 67")
    page.wait_for_selector("#viber-note-phone:text('+380971234567')")
    assert errors(page, "phone") == []
    assert page.locator(".field-phone.errors").count() == 0
    assert errors(page, "text") == ["This field is required."]
    page.fill("#id_phone", "097 123 45")
    page.wait_for_selector(".field-phone.viber-wrong #viber-note-phone:text('2 digits')")
    assert len(errors(page, "phone")) == 1
