"""The search box: what is typed into it may be a phone, and stands in no address."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests import doors
from tests.admin.conftest import LIST
from tests.admin.page import shown
from viber_messaging.admin.pages import kept_searches
from viber_messaging.models import KeptSearch, Message, Recipient, SendAttempt

LISTS = ("message", "recipient", "sendattempt", "consentchange")
PHONE = "+380971234567"

MakeMessage = Callable[..., Message]


def search_url(model: str = "message") -> str:
    return reverse(f"admin:viber_messaging_{model}_search")


def found(page: Any) -> list[int]:
    return [row.pk for row in page.context["cl"].result_list]


@pytest.mark.parametrize("model", LISTS)
@pytest.mark.parametrize("term", [PHONE, "097 123-45-67", "Коваль"])
def test_what_is_searched_for_stands_in_no_address(admin_client: Client, model: str, term: str):
    page: Any = admin_client.post(search_url(model), {"q": term}, follow=True)
    ((address, status),) = page.redirect_chain
    assert status == 302
    assert "?q=~" in address
    text = page.content.decode()
    assert f'name="q" value="{term}"' in text
    assert "097" not in text.replace(f'value="{term}"', "")


def test_words_in_an_address_are_found_and_lead_no_further(admin_client: Client, make_message: MakeMessage):
    message = make_message(state="failed")
    make_message(state="draft")
    page: Any = admin_client.get(reverse(LIST), {"q": "097 123-45-67", "state__exact": "failed"})
    assert found(page) == [message.pk]
    links = re.findall(r'(?:href|action)="([^"]*)"', page.content.decode())
    assert [link for link in links if re.search("1234567|123-45|123%2045|123\\+45", link)] == []
    assert any("state__exact=failed" in link and "q=~" in link for link in links)


def test_a_search_keeps_the_filters_and_goes_back_to_the_first_page(admin_client: Client):
    page = admin_client.post(search_url(), {"q": PHONE, "filters": "p=7&state__exact=failed&q=~old"})
    assert page["Location"].startswith(f"{reverse(LIST)}?state__exact=failed&q=~")
    assert "p=" not in page["Location"]
    assert "~old" not in page["Location"]


def test_an_empty_search_shows_all(admin_client: Client):
    assert admin_client.post(search_url(), {"q": " "})["Location"] == reverse(LIST)


def test_the_same_search_has_the_same_address(admin_client: Client):
    addresses = {admin_client.post(search_url(), {"q": PHONE})["Location"] for _time in range(3)}
    assert len(addresses) == 1


def test_only_the_last_searches_are_kept(admin_client: Client):
    for number in range(kept_searches.KEPT + 5):
        admin_client.post(search_url(), {"q": str(number)})
    assert KeptSearch.objects.count() == kept_searches.KEPT
    assert KeptSearch.objects.latest("created_at").term == str(kept_searches.KEPT + 4)


def test_a_search_is_kept_for_a_day_and_not_in_the_session(admin_client: Client, gateway: Any):
    address = admin_client.post(search_url(), {"q": PHONE})["Location"]
    assert PHONE not in str(dict(admin_client.session))
    assert f'value="{PHONE}"' in admin_client.get(address).content.decode()
    KeptSearch.objects.update(created_at=timezone.now() - timedelta(days=1, seconds=1))
    assert "search again" in admin_client.get(address, follow=True).content.decode()
    doors.work()
    assert not KeptSearch.objects.exists()


def test_the_token_of_another_person_finds_nothing_and_says_so(
    log_in: Callable[..., Client], admin_client: Client, make_message: MakeMessage
):
    make_message(state="draft")
    address = admin_client.post(search_url(), {"q": PHONE})["Location"]
    page: Any = log_in("view_message").get(address, follow=True)
    assert page.redirect_chain == [(reverse(LIST), 302)]
    assert "search again" in page.content.decode()


def test_an_action_on_a_forgotten_search_is_not_one_on_everything(
    staff: Client, gateway: Any, make_message: MakeMessage
):
    message = make_message(state="draft")
    data = {"action": "send_selected", "_selected_action": [message.pk], "select_across": "1", "index": 0}
    assert shown(staff.post(f"{reverse(LIST)}?q=~forgotten", {**data, "_confirm": "yes"}, follow=True))
    message.refresh_from_db()
    assert message.state == "draft"


def test_searching_needs_the_permission_to_look(log_in: Callable[..., Client]):
    assert log_in().post(search_url(), {"q": PHONE}).status_code == 403
    assert log_in("view_message", name="taras").get(search_url()).status_code == 405


@pytest.mark.parametrize(
    "spelling",
    ["097 123-45-67", "(097) 123 45 67", "+380971234567", "380971234567", "00380971234567", "80971234567", "971234567"],
)
@pytest.mark.parametrize("model", ["message", "recipient", "sendattempt"])
def test_a_phone_is_found_in_any_spelling_everywhere(
    admin_client: Client, make_message: MakeMessage, model: str, spelling: str
):
    for phone in (PHONE, "+380501112233"):
        message = make_message(state="draft", phone=phone)
        moment = message.created_at
        SendAttempt.objects.create(message=message, number=1, started_at=moment, finished_at=moment, outcome="unknown")
        Recipient.objects.create(phone=phone)
    page: Any = admin_client.post(search_url(model), {"q": spelling}, follow=True)
    assert len(found(page)) == 1


@pytest.mark.parametrize(
    ("beginning", "phone"),
    [
        ("0971", "+380971234567"),
        ("+38097", "+380971234567"),
        ("8097 12", "+380971234567"),
        ("00380 97", "+380971234567"),
        ("38099", "+380999999999"),
        ("+3809999", "+380999999999"),
        ("4917", "+4917612345678"),
    ],
)
def test_phones_are_found_by_their_beginning_in_any_spelling(
    admin_client: Client, make_message: MakeMessage, beginning: str, phone: str
):
    for number in ("+380971234567", "+380999999999", "+4917612345678", "+380501112233"):
        make_message(state="draft", phone=number)
    page: Any = admin_client.post(search_url(), {"q": beginning}, follow=True)
    assert [message.phone for message in page.context["cl"].result_list] == [phone]


def test_a_number_that_is_a_reference_finds_its_message_only(admin_client: Client, make_message: MakeMessage):
    message = make_message(state="draft", reference=38097)
    make_message(state="draft")
    page: Any = admin_client.post(search_url(), {"q": "38097"}, follow=True)
    assert found(page) == [message.pk]
