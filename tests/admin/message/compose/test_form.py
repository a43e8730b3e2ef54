"""Writing, saving and sending one message."""

import re
import threading
from html import unescape
from html.parser import HTMLParser

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from tests import doors
from tests.admin.conftest import change_url
from tests.admin.page import page_of
from viber_messaging.models import Campaign, Message, RecipientGroup, Sender
from viber_messaging.states import MessageState

ADD = "admin:viber_messaging_message_add"


def add(client, fields):
    response = client.post(reverse(ADD), fields, follow=True)
    assert response.status_code == 200
    return unescape(response.content.decode())


def test_a_draft_is_saved_and_not_sent(staff, sender, form, inline):
    page = add(staff, form(_save="1"))
    message = Message.objects.get()
    assert (message.state, message.phone, message.created_by.username) == ("draft", "+380971234567", "olena")
    assert inline.request_count == 0
    assert "Saved as a draft. Nothing was sent." in page


def test_a_message_that_is_sent_comes_back_with_its_number(staff, sender, form, inline):
    page = add(staff, form(_send="1"))
    message = Message.objects.get()
    assert message.state == MessageState.ACCEPTED
    assert f"Accepted by the gateway as {message.msg_id} (code 1: The gateway received the message.)" in page
    assert "was added successfully" not in page


def test_a_draft_can_be_edited_and_sent(staff, draft, form, inline):
    page = staff.post(change_url(draft), form(text="Edited", _send="1"), follow=True).content.decode()
    draft.refresh_from_db()
    assert (draft.state, draft.text) == ("accepted", "Edited")
    assert draft.msg_id in page


def test_under_atomic_requests_too_the_person_is_told_what_the_gateway_said(staff, sender, form, inline, monkeypatch):
    monkeypatch.setitem(connection.settings_dict, "ATOMIC_REQUESTS", True)
    assert "Accepted by the gateway as" in add(staff, form(_send="1"))


def test_a_refused_sender_is_told_with_what_to_do(staff, sender, form, inline):
    page = add(staff, form(phone="+380990000202", _send="1"))
    assert "The gateway refused it: 202: The sender's name is not registered with the gateway. Register it" in page


def test_a_lost_answer_is_told_as_it_is(staff, sender, form, inline):
    inline.fail_next("lost-answer", command="message-viber")
    inline.fail_next("empty", command="status")
    page = add(staff, form(_send="1"))
    assert Message.objects.get().state == MessageState.UNCONFIRMED
    assert "The message may have been sent. The gateway will be asked" in page


def test_without_a_connection_the_person_learns_why_the_message_waits(staff, sender, form, inline, configure):
    inline.fail_all("error-202")
    page = add(staff, form(_send="1"))
    assert Message.objects.get().state == MessageState.QUEUED
    assert "Waiting in the queue: 202: The gateway does not know the API key." in page


def test_with_a_worker_the_person_is_told_that_it_sends(staff, sender, form, gateway):
    doors.see_worker()
    assert "Waiting in the queue: the worker will send it shortly." in add(staff, form(_send="1"))
    assert gateway.request_count == 0


def test_a_wrong_phone_is_told_at_its_field(staff, sender, form, inline):
    response = staff.post(reverse(ADD), form(phone="12345", _send="1"))
    assert "phone" in response.context["adminform"].form.errors
    assert not Message.objects.exists()


def test_a_button_without_a_picture_is_told_at_the_picture(staff, sender, form):
    response = staff.post(reverse(ADD), form(type="button", button="Go", url="https://example.com/"))
    assert "image" in response.context["adminform"].form.errors


def test_a_long_spelling_of_a_phone_is_understood(staff, sender, form):
    add(staff, form(phone="  +38 ( 097 )  123 - 45 - 67 ", _save="1"))
    assert Message.objects.get().phone == "+380971234567"


def test_only_active_senders_are_offered(staff, sender):
    Sender.objects.create(name="Retired", is_active=False)
    page = staff.get(reverse(ADD)).content.decode()
    assert "SMSTest" in page
    assert "Retired" not in page


def test_a_draft_keeps_a_sender_that_was_retired_since(staff, draft, sender):
    sender.is_active = False
    sender.save()
    assert '<option value="SMSTest" selected>' in staff.get(change_url(draft)).content.decode()


def test_a_form_says_in_which_time_zone_it_reads_the_time(staff, sender):
    assert "Time zone: Europe/Kyiv." in staff.get(reverse(ADD)).content.decode()


def test_the_same_new_form_sent_twice_makes_one_message(staff, sender, form, inline):
    ticket = staff.get(reverse(ADD)).context["viber_ticket"]
    add(staff, form(_send="1", ticket=ticket))
    page = add(staff, form(_send="1", ticket=ticket))
    message = Message.objects.get()
    assert inline.submissions == {message.reference: 1}
    assert "Nothing was saved or sent twice." in page


def test_going_back_and_writing_something_else_makes_another_message(staff, sender, form):
    for text in ("One", "Another"):
        add(staff, form(_save="1", ticket="one form", text=text))
    assert Message.objects.count() == 2


def test_two_people_with_the_same_form_make_two_messages(log_in, sender, form):
    for name in ("olena", "taras"):
        add(log_in("add_message", "view_message", name=name), form(_save="1", ticket="guessed"))
    assert Message.objects.count() == 2


def test_a_draft_that_is_sent_twice_is_posted_once(staff, draft, form, inline):
    for _press in range(2):
        page = staff.post(change_url(draft), form(_send="1"), follow=True).content.decode()
    assert inline.submissions[draft.reference] == 1
    assert "Nothing was saved or sent twice." in page


def test_what_is_queued_meanwhile_is_not_overwritten(staff, draft, form, gateway):
    staff.get(change_url(draft))
    Message.objects.filter(pk=draft.pk).update(state="queued")
    page = staff.post(change_url(draft), form(text="Too late", _send="1"), follow=True).content.decode()
    draft.refresh_from_db()
    assert draft.text == "Привіт"
    assert "This message already exists: queued." in page


@pytest.mark.skipif(connection.vendor == "sqlite", reason="one in-memory database cannot serve two threads")
def test_two_who_press_send_at_the_same_moment_send_once(staff, draft, form, inline):
    def press():
        client = Client()
        client.cookies = staff.cookies
        statuses.append(client.post(change_url(draft), form(_send="1")).status_code)
        connection.close()

    statuses: list[int] = []
    threads = [threading.Thread(target=press) for _person in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [302, 302]
    assert inline.submissions[draft.reference] == 1


@pytest.mark.parametrize("state", [state for state in MessageState if state != MessageState.DRAFT])
def test_what_is_no_draft_can_only_be_read(staff, make_message, state):
    message = make_message(state=state)
    page = page_of(staff, change_url(message))
    assert "_send" not in page
    assert "_save" not in page
    assert 'name="text"' not in page


def test_a_copy_begins_with_the_content_of_the_original(staff, make_message, sender):
    original = make_message(state="delivered", text="Again, please")
    page = staff.get(reverse(ADD), {"copy": original.pk}).content.decode()
    assert "Again, please" in page
    assert "+380971234567" in page


def test_nobody_copies_what_they_may_not_see(log_in, make_message, sender):
    original = make_message(text="Not for you")
    page = page_of(log_in("add_message"), reverse(ADD), {"copy": original.pk})
    assert "Not for you" not in page


def test_the_page_of_a_message_shows_its_attempts(staff, sender, form, inline):
    add(staff, form(phone="+380990000002", _send="1"))
    page = unescape(staff.get(change_url(Message.objects.get())).content.decode())
    assert "The connection broke before the gateway's answer was complete." in page


class Buttons(HTMLParser):
    """The buttons of the first form that has a field with the text, in the order of the page."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []

    def handle_starttag(self, tag, attrs):
        named = dict(attrs)
        if named.get("type") == "submit" and "button" not in (named.get("class") or ""):
            self.names.append(named.get("name", ""))


@pytest.mark.parametrize("is_draft", [False, True])
def test_enter_in_a_field_saves_a_draft_and_sends_nothing(staff, draft, form, inline, is_draft):
    url = change_url(draft) if is_draft else reverse(ADD)
    buttons = Buttons()
    buttons.feed(staff.get(url).content.decode().partition('id="message_form"')[2])
    pressed = {buttons.names[0]: "1"} if buttons.names[0] else {}
    staff.post(url, form(trial_phone="097 765-43-21", **pressed))
    assert {message.state for message in Message.objects.all()} == {MessageState.DRAFT}
    assert inline.request_count == 0


CAPTION = "До крамниці за квітами"


def test_a_caption_that_is_too_long_shows_what_would_be_cut_off(staff, sender, form, inline):
    (field,) = re.findall(r'<input[^>]*name="button"[^>]*>', page_of(staff, reverse(ADD)))
    assert "maxlength" not in field
    page = add(staff, form(type="button", button=CAPTION, image="https://e.com/a.png", url="https://e.com", _save="1"))
    assert page.count("A button has room for 19 characters: 3 too many, “ами”.") == 1


def test_a_caption_of_a_campaign_is_measured_without_the_values_of_its_placeholders(admin_client, sender, form, inline):
    url = reverse("admin:viber_messaging_campaign_add")
    group = RecipientGroup.objects.create(name="Clients")
    content = {"type": "button", "image": "https://e.com/a.png", "url": "https://e.com"}
    data = form(name="Spring", groups=group.pk, _save="1", **content)
    page = admin_client.post(url, {**data, "button": CAPTION}).content.decode()
    assert "This is 22 characters long without the values of its placeholders" in page
    admin_client.post(url, {**data, "button": "{name|Шановний друже}, до нас!"})
    assert Campaign.objects.get().button == "{name|Шановний друже}, до нас!"


def test_a_text_that_is_too_long_is_told_with_both_lengths(staff, sender, form, inline):
    page = add(staff, form(text="x" * 1010, _save="1"))
    assert "The text has 1010 characters; at most 1000 are sent. Shorten it." in page


@pytest.mark.parametrize("page", ["add", "preview"])
@pytest.mark.parametrize("model", ["message", "campaign"])
def test_a_text_of_any_length_is_answered(model, page, inline, admin_client, sender, form):
    data = form(text="ї" * 4000, name="Spring", _save="1")
    response = admin_client.post(reverse(f"admin:viber_messaging_{model}_{page}"), data)
    assert response.status_code == 200
    assert "1000" in response.content.decode()
