"""The first steps on a new site: each with its button, until the data show that it is done."""

import re
from collections.abc import Callable
from html import unescape

from django.test import Client
from django.urls import reverse

from tests.admin.page import page_of
from viber_messaging.models import Message, Recipient, Sender
from viber_messaging.sandbox import Sandbox

MakeMessage = Callable[..., Message]
PAGES = ("sender_add", "message_add", "recipient_import")
SENDER_ADD = "admin:viber_messaging_sender_add"


def steps(client: Client) -> str:
    page = unescape(page_of(client, reverse("admin:app_list", args=["viber_messaging"])))
    return page.partition('class="viber-steps"')[2].partition("</section>")[0]


def links(client: Client) -> list[str]:
    """Return the pages that the steps lead to."""
    found = re.findall(r'href="([^"]*)"', steps(client))
    return [page for page in PAGES if reverse(f"admin:viber_messaging_{page}") in found]


def test_each_step_has_its_button_until_the_data_show_that_it_is_done(
    gateway: Sandbox, admin_client: Client, make_message: MakeMessage
):
    assert links(admin_client) == list(PAGES)
    Sender.objects.create(name="Old", is_active=False)
    make_message(state="draft")
    make_message(state="rejected")
    assert links(admin_client) == list(PAGES)
    Sender.objects.create(name="Kvitka")
    assert links(admin_client) == ["message_add", "recipient_import"]
    assert steps(admin_client).count("viber-step-done") == 1
    Recipient.objects.create(phone="+380971234567")
    assert links(admin_client) == ["message_add"]
    make_message(state="accepted")
    assert steps(admin_client) == ""


def test_a_step_comes_back_when_its_data_are_gone(gateway: Sandbox, admin_client: Client, make_message: MakeMessage):
    sender = Sender.objects.create(name="Kvitka")
    Recipient.objects.create(phone="+380971234567")
    make_message(state="delivered")
    assert steps(admin_client) == ""
    sender.delete()
    assert links(admin_client) == ["sender_add"]


def test_a_step_that_a_person_may_not_do_says_whom_to_ask(gateway: Sandbox, log_in: Callable[..., Client]):
    client = log_in("view_message", "add_message", "send_message")
    assert links(client) == ["message_add"]
    assert steps(client).count("Ask your administrator.") == 2
    assert steps(log_in("view_message", name="reader")) == ""


def test_a_form_without_a_sender_leads_to_a_new_one(gateway: Sandbox, admin_client: Client):
    for model in ("message", "campaign"):
        page = page_of(admin_client, reverse(f"admin:viber_messaging_{model}_add"))
        assert "There is no active sender yet." in page
        assert f'href="{reverse(SENDER_ADD)}?_to_field=name&amp;_popup=1"' in page
    Sender.objects.create(name="Kvitka")
    assert "no active sender" not in page_of(admin_client, reverse("admin:viber_messaging_message_add"))


def test_who_may_not_add_a_sender_is_told_whom_to_ask(gateway: Sandbox, staff: Client):
    page = page_of(staff, reverse("admin:viber_messaging_message_add"))
    assert "Ask somebody who may add senders." in page
    assert "_to_field" not in page


def test_a_sender_added_in_a_window_is_handed_back_by_its_name(gateway: Sandbox, admin_client: Client):
    url = reverse(SENDER_ADD) + "?_to_field=name&_popup=1"
    data = {"name": "Kvitka", "is_active": "on", "_popup": "1", "_to_field": "name"}
    page = admin_client.post(url, data).content.decode()
    assert "&quot;value&quot;: &quot;Kvitka&quot;" in page
