"""The form while it is being written: the phone's screen, and a note for each field."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.admin.conftest import SENDING, change_url
from viber_messaging.admin.message.compose.screen import screen_of
from viber_messaging.models import Message, Recipient, Sender
from viber_messaging.sandbox import Sandbox

URL = "admin:viber_messaging_message_preview"


@pytest.fixture
def ask(staff: Client, sender: Sender, form: Callable[..., dict[str, Any]]) -> Callable[..., Any]:
    def ask(client: Client = staff, **fields: Any) -> Any:
        return client.post(reverse(URL), form(**fields)).json()

    return ask


def test_the_screen_shows_what_the_phone_will_show(ask: Callable[..., Any]):
    screen = ask(
        type="button",
        text="*Знижка* <b>",
        button="До крамниці",
        url="https://a.example/",
        image="https://a.example/a.png",
    )["screen"]
    assert "SMSTest" in screen
    assert "<b>Знижка</b> &lt;b&gt;" in screen
    assert "До крамниці" in screen
    assert 'src="https://a.example/a.png"' in screen


@pytest.mark.parametrize("image", ["javascript:alert(1)//.png", "http://a.example/a.png", "https://a.example/a.exe"])
def test_a_picture_with_a_wrong_link_is_not_opened(ask: Callable[..., Any], image: str):
    answer = ask(type="image", image=image)
    assert "<img" not in answer["screen"]
    assert answer["notes"]["image"]["level"] == "bad"


def test_a_text_is_counted_as_the_gateway_counts_it(ask: Callable[..., Any]):
    notes = ask(text="Привіт\r\n🌷", button="")["notes"]
    assert notes["text"]["text"] == "8 of 1000 characters."
    assert ask(text="a" * 1001)["notes"]["text"]["level"] == "bad"


def test_a_phone_is_shown_as_it_was_understood(ask: Callable[..., Any]):
    assert ask()["notes"]["phone"] == {"text": "+380971234567", "level": ""}
    assert ask(phone="097 123")["notes"]["phone"]["level"] == "bad"


def test_whose_a_phone_is_is_told_to_those_who_may_see_recipients(ask, log_in):
    Recipient.objects.create(phone="+380971234567", name="Олена")
    reader = log_in(*SENDING, "view_recipient", name="reader")
    assert ask(reader)["notes"]["phone"]["text"] == "Олена +380971234567"
    assert ask()["notes"]["phone"]["text"] == "+380971234567"


def test_spaces_around_a_text_are_not_counted_for_they_are_not_sent(ask: Callable[..., Any]):
    assert ask(text=" " + "a" * 1000 + "\r\n")["notes"]["text"] == {"text": "1000 of 1000 characters.", "level": ""}


def test_nothing_is_said_of_a_field_that_is_still_empty(ask: Callable[..., Any]):
    notes = ask(phone="", text="", type="button")["notes"]
    assert {name: note["level"] for name, note in notes.items()} == dict.fromkeys(notes, "")
    assert notes["url"]["text"] == ""


def test_recipients_are_found_by_name_by_those_who_may_see_them(ask: Callable[..., Any], log_in: Callable[..., Client]):
    Recipient.objects.create(phone="+380671112233", name="Олена Петренко")
    allowed = log_in(*SENDING, "view_recipient", name="ira")
    assert ask(allowed, phone="олен")["recipients"] in ([["+380671112233", "Олена Петренко"]], [])
    assert ask(allowed, phone="Олен")["recipients"] == [["+380671112233", "Олена Петренко"]]
    assert ask(allowed, phone="067 111")["recipients"] == [["+380671112233", "Олена Петренко"]]
    assert ask(phone="Олен")["recipients"] == []


def test_who_opted_out_is_told_before_anything_is_sent(ask: Callable[..., Any], staff: Client):
    Recipient.objects.create(phone="+380971234567", opted_out_at="2026-01-01T00:00Z")
    assert "opted out" in ask()["notes"]["phone"]["text"]


def test_a_preview_saves_and_sends_nothing(ask: Callable[..., Any], inline: Sandbox):
    ask()
    assert not Message.objects.exists()
    assert inline.request_count == 0


def test_a_preview_is_asked_for_by_post_alone_and_only_by_those_who_write(
    staff: Client, log_in: Callable[..., Client], form: Callable[..., dict[str, Any]]
):
    assert staff.get(reverse(URL)).status_code == 405
    assert log_in("view_message", name="reader").post(reverse(URL), form()).status_code == 403


def test_the_page_of_a_draft_shows_the_screen_without_a_script(staff: Client, draft: Message):
    page = staff.get(change_url(draft)).content.decode()
    assert "viber-bubble" in page
    assert "Привіт" in page


@pytest.mark.parametrize("text", ["*a " * 10_000, "_~*" * 10_000])
def test_thirty_kilobytes_are_answered_with_the_first_thousand_characters(ask: Callable[..., Any], text: str):
    answer = ask(text=text)
    assert answer["notes"]["text"]["level"] == "bad"
    assert len(answer["screen"]) < 6000


@pytest.mark.parametrize("image", ["//evil.example/p.png", "http://a.example/p.png", "https://a.example/p.svg", "x"])
def test_a_picture_in_an_address_is_not_opened_unless_a_message_could_be_sent_with_it(
    staff: Client, sender: Sender, image: str
):
    url = reverse("admin:viber_messaging_message_add")
    wrong = staff.get(url, {"type": "image", "image": image}).content.decode()
    assert "viber-bubble-image" in wrong
    assert 'src="' + image not in wrong
    right = staff.get(url, {"type": "image", "image": "https://a.example/p.png"}).content.decode()
    assert 'src="https://a.example/p.png"' in right


def test_no_screen_opens_a_picture_that_could_not_be_sent(db: None):
    for image in (
        "//evil.example/p.png",
        "javascript:x.png",
        "https://u:p@a.example/p.png",
    ):
        assert screen_of(Message(sender="SMSTest", type="image", text="T", image=image))["image"] == ""


def test_a_caption_that_is_too_long_is_cut_off_as_on_a_phone(ask: Callable[..., Any]):
    answer = ask(type="button", button="До крамниці за квітами")
    assert "До крамниці за квіт</p>" in answer["screen"]
    assert "“ами”" in answer["notes"]["button"]["text"]
