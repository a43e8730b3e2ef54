"""The SMS in the form of a message: who may write one, who may send it, and what stays of it."""

from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.admin.conftest import SENDING, change_url
from viber_messaging.models import Message, Sender
from viber_messaging.sandbox import Sandbox

ADD = reverse("admin:viber_messaging_message_add")
SMS = {"sms_text": "Замовлення готове", "sms_sender": "Shop", "sms_after": "30"}
TITLE = "SMS, if Viber does not reach the recipient"


@pytest.fixture
def spender(log_in: Callable[..., Client]) -> Client:
    """Someone who may send SMS too."""
    return log_in(*SENDING, "send_sms", name="petro")


@pytest.fixture
def with_sms(make_message: Callable[..., Message], sender: Sender) -> Message:
    return make_message(state="draft", sms_text="By SMS", sms_sender="Shop", sms_after=15)


def asked(message: Message) -> tuple[str, str, int | None]:
    message.refresh_from_db()
    return message.sms_text, message.sms_sender, message.sms_after


def text_of(response: Any) -> str:
    return unescape(response.content.decode())


def test_an_sms_is_written_with_the_message(spender: Client, sender: Sender, form: Callable[..., dict[str, Any]]):
    spender.post(ADD, form(**SMS, _save="1"))
    assert asked(Message.objects.get()) == ("Замовлення готове", "Shop", 30)


def test_the_section_is_folded_and_suggests_the_active_senders(spender: Client, sender: Sender):
    Sender.objects.create(name="Former", is_active=False)
    page = text_of(spender.get(ADD))
    assert TITLE in page
    assert "<details" in page
    assert '<option value="SMSTest"></option></datalist>' in page
    assert "Former" not in page


def test_the_section_of_a_draft_with_an_sms_is_not_folded(spender: Client, with_sms: Message):
    page = text_of(spender.get(change_url(with_sms)))
    assert TITLE in page
    assert "<details" not in page


def test_without_the_permission_nothing_of_an_sms_is_shown_or_accepted(
    staff: Client, sender: Sender, form: Callable[..., dict[str, Any]]
):
    assert "sms_" not in text_of(staff.get(ADD))
    staff.post(ADD, form(**SMS, _save="1"))
    assert asked(Message.objects.get()) == ("", "", None)


def test_on_a_site_without_sms_nothing_of_it_is_shown_or_accepted(
    spender: Client, sender: Sender, form: Callable[..., dict[str, Any]], configure: Callable[..., None]
):
    configure(SMS=False)
    assert "sms_" not in text_of(spender.get(ADD))
    spender.post(ADD, form(**SMS, _save="1"))
    assert asked(Message.objects.get()) == ("", "", None)


def test_a_draft_keeps_its_sms_if_somebody_without_the_permission_saves_it(
    staff: Client, with_sms: Message, form: Callable[..., dict[str, Any]]
):
    page = text_of(staff.get(change_url(with_sms)))
    assert "By SMS" in page
    assert 'name="sms_text"' not in page
    staff.post(change_url(with_sms), form(text="Edited", sms_text="", _save="1"))
    assert asked(with_sms) == ("By SMS", "Shop", 15)
    assert with_sms.text == "Edited"


@pytest.mark.parametrize("setting", [{"SMS": False}, {"SMS_EXPIRES": 300}])
def test_a_draft_whose_sms_no_longer_fits_the_settings_can_be_saved_by_others(
    staff: Client,
    with_sms: Message,
    form: Callable[..., dict[str, Any]],
    configure: Callable[..., None],
    setting: dict[str, Any],
):
    configure(**setting)
    assert staff.post(change_url(with_sms), form(text="Edited", _save="1")).status_code == 302
    assert asked(with_sms) == ("By SMS", "Shop", 15)


def test_who_may_not_send_sms_cannot_send_a_draft_with_one(
    staff: Client, with_sms: Message, form: Callable[..., dict[str, Any]], inline: Sandbox
):
    page = text_of(staff.post(change_url(with_sms), form(text="Edited", _send="1")))
    assert "Only a user who may send SMS can send this draft" in page
    assert "Edited" in page
    with_sms.refresh_from_db()
    assert with_sms.state == "draft"
    assert inline.request_count == 0


def test_on_a_site_without_sms_anybody_may_send_it(
    staff: Client,
    with_sms: Message,
    form: Callable[..., dict[str, Any]],
    inline: Sandbox,
    configure: Callable[..., None],
):
    configure(DISPATCH="inline", SMS=False)
    staff.post(change_url(with_sms), form(_send="1"))
    with_sms.refresh_from_db()
    assert with_sms.state == "accepted"


def test_nor_can_they_send_it_from_the_list(
    staff: Client, with_sms: Message, draft: Message, act: Callable[..., str], inline: Sandbox
):
    page = unescape(act(staff, "send_selected", with_sms, draft))
    assert "1 message was not changed: it carries an SMS, and you may not send SMS." in page
    with_sms.refresh_from_db()
    draft.refresh_from_db()
    assert (with_sms.state, draft.state) == ("draft", "accepted")


def test_who_may_send_sms_sends_it_from_the_list(
    spender: Client, with_sms: Message, act: Callable[..., str], inline: Sandbox
):
    act(spender, "send_selected", with_sms)
    with_sms.refresh_from_db()
    assert with_sms.state == "accepted"


def test_copy_as_new_keeps_the_sms(spender: Client, with_sms: Message):
    form = spender.get(f"{ADD}?copy={with_sms.pk}").context["adminform"].form
    assert [form[name].value() for name in ("sms_text", "sms_sender", "sms_after")] == ["By SMS", "Shop", 15]


def test_a_copy_by_others_has_no_sms(staff: Client, with_sms: Message):
    assert "By SMS" not in text_of(staff.get(f"{ADD}?copy={with_sms.pk}"))


def test_a_wrong_delay_is_told_at_its_field(spender: Client, sender: Sender, form: Callable[..., dict[str, Any]]):
    response = spender.post(ADD, form(**{**SMS, "sms_after": "2000"}, _save="1"))
    assert "sms_after" in response.context["adminform"].form.errors


@pytest.mark.parametrize("may", [True, False])
def test_the_form_warns_that_the_message_may_arrive_twice(
    spender: Client, sender: Sender, configure: Callable[..., None], may: bool
):
    configure(SMS_MAY_DOUBLE=may)
    assert ("The message may arrive twice." in text_of(spender.get(ADD))) is may


def test_several_numbers_get_the_sms_too(
    spender: Client, sender: Sender, form: Callable[..., dict[str, Any]], inline: Sandbox
):
    spender.post(ADD, form(**SMS, phone="097 123-45-67, 050 123-45-67", _send="1", several="2"))
    assert [asked(message) for message in Message.objects.all()] == [("Замовлення готове", "Shop", 30)] * 2


def test_without_a_script_the_parts_are_told_after_the_save(
    spender: Client, sender: Sender, form: Callable[..., dict[str, Any]]
):
    page = text_of(spender.post(ADD, form(sms_text="ї" * 71, _save="1"), follow=True))
    assert "The SMS to send if Viber does not reach the recipient: parts: 2." in page


def test_the_phone_shows_the_sms_below_the_message(spender: Client, with_sms: Message):
    page = text_of(spender.get(change_url(with_sms)))
    assert "If Viber does not deliver: an SMS from Shop" in page
    assert page.index("viber-bubble-text") < page.index("viber-bubble-sms")


def test_the_phone_is_drawn_anew_with_the_sms(spender: Client, sender: Sender, form: Callable[..., dict[str, Any]]):
    answer = spender.post(reverse("admin:viber_messaging_message_preview"), form(sms_text="<b>Hi</b>")).json()
    assert "&lt;b&gt;Hi&lt;/b&gt;" in answer["screen"]
    assert answer["notes"]["sms_text"] == {"text": "", "level": ""}
