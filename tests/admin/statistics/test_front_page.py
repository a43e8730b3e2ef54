"""The top of the app's first page: one line, four buttons, numbers that lead to what they count."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests import doors
from tests.admin.page import page_of
from viber_messaging.models import Connection, Message
from viber_messaging.sandbox import Sandbox

MakeMessage = Callable[..., Message]


def read(client: Client) -> str:
    return unescape(page_of(client, reverse("admin:app_list", args=["viber_messaging"])))


def test_one_line_says_that_all_is_well_or_what_is_not(
    gateway: Sandbox, admin_client: Client, make_message: MakeMessage
):
    doors.see_worker()
    assert "All is well: nothing is waiting." in read(admin_client)
    make_message()
    Message.objects.update(queued_at=timezone.now() - timedelta(minutes=3))
    assert "All is well: 1 message is waiting, the oldest for 3 min." in read(admin_client)
    Message.objects.update(queued_at=timezone.now() - timedelta(minutes=20))
    assert "1 message is waiting, the oldest for 20 min: longer than usual." in read(admin_client)
    Connection.objects.update(worked_at=timezone.now() - timedelta(minutes=5))
    page = read(admin_client)
    assert "No worker is running." in page
    assert "viber-line" not in page


def test_the_usual_work_begins_here_for_those_who_may(admin_client: Client, log_in: Callable[..., Client]):
    page = read(admin_client)
    for name in ("message_add", "campaign_add", "recipient_import", "message_search", "campaign_stop_all"):
        assert reverse(f"admin:viber_messaging_{name}") in page
    start = read(log_in("view_message")).partition("viber-front")[2].partition("</div>")[0]
    assert reverse("admin:viber_messaging_message_add") not in start
    assert reverse("admin:viber_messaging_campaign_stop_all") not in start


def test_the_numbers_lead_to_what_they_count(inline: Sandbox, admin_client: Client, make_message: MakeMessage):
    make_message(state="delivered")
    page = read(admin_client)
    assert "?day=today" in page
    assert "?kind=waiting" in page
    assert re.search(r"delivered: <a [^>]*>1</a><br>", page)
