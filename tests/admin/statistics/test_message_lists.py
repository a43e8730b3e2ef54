"""Each number on the first page leads to the list of exactly the messages that it counts."""

import re
from collections.abc import Callable, Iterator
from html import unescape

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from tests import doors
from tests.admin.page import page_of
from tests.doors import TOO_OLD_TO_RESEND
from viber_messaging.models import Campaign, Message
from viber_messaging.sandbox import Sandbox
from viber_messaging.states import CampaignState, MessageState

MakeMessage = Callable[..., Message]
LINK = re.compile(r'<a href="([^"]*/message/\?[^"]*)">([^<]*)</a>')


@pytest.fixture
def one_of_each(gateway: Sandbox, make_message: MakeMessage, make_sms: Callable[..., Message]) -> None:
    """Messages of every state, some by SMS, some held back, some that wait for a person."""
    paused = Campaign.objects.create(name="Spring", sender="Kvitka", text="T", state=CampaignState.PAUSED)
    for count, state in enumerate(MessageState, start=1):
        for _ in range(count):
            make_message(state=state, status_code=203 if state == "rejected" else None)
    for phone in ("+380971234501", "+380971234502"):
        make_message(state="queued", campaign=paused, phone=phone)
    make_message(state="unconfirmed", error=TOO_OLD_TO_RESEND, sender="Kvitka")
    make_message(state="accepted", status_code=201)
    make_sms()
    doors.see_worker()


def numbers(page: str) -> Iterator[tuple[str, int]]:
    """Yield the links to lists of messages, and the number that each shows."""
    for url, text in LINK.findall(page):
        if number := re.search(r"\d+", text):
            yield unescape(url), int(number[0])


def found(client: Client, url: str) -> int:
    response = client.get(url)
    assert response.status_code == 200, url
    return int(response.context["cl"].result_count)


def test_every_number_is_a_link_to_what_it_counts(one_of_each: None, admin_client: Client):
    page = page_of(admin_client, reverse("admin:app_list", args=["viber_messaging"]))
    shown = dict(numbers(page))
    for words in ("held", "undecided", "waiting", "ready", "uncoded", "bad", "good"):
        assert any(f"kind={words}" in url for url in shown), words
    for words in ("code=201", "state__exact=unconfirmed", "day=today", "channel=sms", "sender=Kvitka", "campaign="):
        assert any(words in url for url in shown), words
    assert {url: found(admin_client, url) for url in shown} == shown


def test_no_count_stands_there_without_its_list(one_of_each: None, admin_client: Client):
    page = page_of(admin_client, reverse("admin:app_list", args=["viber_messaging"]))
    figures = re.findall(r'class="(?:viber-figure|viber-count)">\s*([^<\s]*)', page.partition("viber-chart")[0])
    assert not [figure for figure in figures if figure.isdecimal() and figure != "0"]
    cells = re.findall(r'<td class="viber-count">([^<]*)</td>', page)
    assert set(cells) <= {"0"}


def test_the_banner_leads_to_what_waits(one_of_each: None, admin_client: Client):
    doors.stop_all(User.objects.get())
    page = page_of(admin_client, reverse("admin:app_list", args=["viber_messaging"])).partition("</section>")[0]
    ((url, count),) = numbers(page)
    assert found(admin_client, url) == count


def test_an_unknown_kind_narrows_nothing(one_of_each: None, admin_client: Client):
    url = reverse("admin:viber_messaging_message_changelist")
    assert found(admin_client, f"{url}?kind=nonsense") == found(admin_client, url)
