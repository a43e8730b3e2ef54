"""*Stop all sending*: from every page of ours, asked once, and resumed where the banner tells of it."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from tests import doors
from tests.admin.page import page_of
from viber_messaging.models import Message
from viber_messaging.sandbox import Sandbox

STOP = "admin:viber_messaging_campaign_stop_all"
PAGES = (
    "message_changelist", "message_add", "message_report", "message_import", "message_resend", "campaign_changelist",
    "campaign_add", "recipient_changelist", "recipient_import", "recipient_opt_out_list", "recipientgroup_changelist",
    "sender_changelist", "sendattempt_changelist", "consentchange_changelist",
)  # fmt: skip


@pytest.mark.parametrize("name", PAGES)
def test_every_page_leads_to_the_question_until_sending_is_stopped(gateway: Sandbox, admin_client: Client, name: str):
    link, url = f'<a href="{reverse(STOP)}">', reverse(f"admin:viber_messaging_{name}")
    assert link in page_of(admin_client, url)
    doors.stop_all()
    page = page_of(admin_client, url)
    assert link not in page
    assert 'value="go_on"' in page.partition("viber-banner")[2]


def test_the_question_stops_nothing_by_itself_and_the_button_does(gateway: Sandbox, admin_client: Client):
    assert "Stop all sending?" in page_of(admin_client, reverse(STOP))
    assert not doors.is_stopped()
    admin_client.post(reverse(STOP), {"do": "stop"})
    assert doors.is_stopped()


def test_the_banner_resumes_sending(gateway: Sandbox, admin_client: Client):
    doors.stop_all()
    admin_client.post(reverse(STOP), {"do": "go_on"})
    assert not doors.is_stopped()


def test_who_may_not_send_campaigns_is_offered_neither(gateway: Sandbox, log_in: Callable[..., Client]):
    client = log_in("view_message", "view_campaign")
    assert client.get(reverse(STOP)).status_code == 403
    page = reverse("admin:viber_messaging_message_changelist")
    assert reverse(STOP) not in page_of(client, page)
    doors.stop_all()
    assert "go_on" not in page_of(client, page)


def test_the_sites_first_page_begins_the_usual_work_for_those_who_may(
    gateway: Sandbox, admin_client: Client, log_in: Callable[..., Client]
):
    index = reverse("admin:index")
    page = page_of(admin_client, index)
    for name in ("message_add", "campaign_add", "recipient_import", "message_resend", "message_search"):
        assert reverse(f"admin:viber_messaging_{name}") in page.partition("viber-front")[2].partition("app-auth")[0]
    assert "viber-front" not in page_of(log_in(), index)


def test_a_search_there_leads_to_the_message_if_it_is_the_only_one(
    gateway: Sandbox, admin_client: Client, make_message: Callable[..., Message]
):
    message = make_message(state="rejected", phone="+380971234567")
    search = reverse("admin:viber_messaging_message_search")
    found = admin_client.post(search, {"q": "097 123 45 67", "open": "1"})["Location"]
    assert found == reverse("admin:viber_messaging_message_change", args=[message.pk])
    assert "?q=~" in admin_client.post(search, {"q": "097 123 45 67"})["Location"]
    assert "?q=~" in admin_client.post(search, {"q": "050 111 22 33", "open": "1"})["Location"]
    make_message(phone="+380971234567")
    assert "?q=~" in admin_client.post(search, {"q": "097 123 45 67", "open": "1"})["Location"]
