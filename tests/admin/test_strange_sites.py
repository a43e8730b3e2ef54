"""A site may mount us under another name, in its languages, and group its thousands: no page breaks."""

import re
from typing import Any
from urllib.parse import unquote

import pytest
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.contrib.auth.models import User
from django.test import Client
from django.urls import path, reverse

from viber_messaging.models import Campaign, ConsentChange, Message, Recipient, RecipientGroup, SendAttempt, Sender
from viber_messaging.states import AttemptOutcome

BIG = 1_234_567
GROUPED = re.compile(r"1[\s,.\u00a0\u202f]234[\s,.\u00a0\u202f]567")
NAME = "office"

office = admin.AdminSite(name=NAME)
for model, ours in admin.site._registry.items():
    if model._meta.app_label == "viber_messaging":
        office.register(model, type(ours))

urlpatterns = [path("admin/", admin.site.urls), *i18n_patterns(path("office/", office.urls))]


@pytest.fixture
def objects(gateway: Any) -> list[Any]:
    message = Message.objects.create(pk=BIG, sender="Kvitka", phone="+380971234567", text="Text", state="delivered")
    campaign = Campaign.objects.create(pk=BIG, name="Spring", sender="Kvitka", text="Text")
    group = RecipientGroup.objects.create(pk=BIG, name="Friends")
    person = Recipient.objects.create(pk=BIG, phone="+380971234567")
    group.recipients.add(person)
    campaign.groups.add(group)
    now = message.created_at
    attempt = SendAttempt.objects.create(
        pk=BIG, message=message, number=1, started_at=now, finished_at=now, outcome=AttemptOutcome.ACCEPTED
    )
    consent = ConsentChange.objects.create(pk=BIG, phone="+380971234567", is_opted_out=True, source="code")
    return [message, campaign, group, person, attempt, consent, Sender.objects.create(pk=BIG, name="Kvitka")]


@pytest.fixture
def strange(settings: Any, admin_user: User) -> Client:
    settings.ROOT_URLCONF = "tests.admin.test_strange_sites"
    settings.USE_THOUSAND_SEPARATOR = True
    settings.LANGUAGE_CODE = "uk"
    client = Client(headers={"accept-language": "uk"})
    client.force_login(admin_user)
    return client


def pages(objects: list[Any]) -> list[str]:
    """Return every address of ours in the other site that a GET may open."""
    found = [reverse(f"{NAME}:app_list", args=["viber_messaging"])]
    for item in objects:
        for pattern in office._registry[type(item)].get_urls():
            if pattern.name and "token" not in str(pattern.pattern):
                args = [item.pk] if "object_id" in str(pattern.pattern) else []
                found.append(reverse(f"{NAME}:{pattern.name}", args=args))
    return found


def test_every_page_stays_in_its_site_and_groups_no_number_in_an_address(strange: Client, objects: list[Any]):
    opened = 0
    for url in pages(objects):
        response = strange.get(url)
        assert response.status_code in (200, 403, 405), url
        if response.status_code != 200:
            continue
        opened += 1
        page = response.content.decode()
        for address in re.findall(r'(?:href|action|formaction|data-url)="([^"]*)"', page):
            assert not address.startswith("/admin/"), f"{address} at {url}"
            assert not GROUPED.search(unquote(address)), f"{address} at {url}"
        for value in re.findall(r'(?:value|data-\w+|\bx|width)="([^"]*)"', page):
            assert not GROUPED.search(value), f"{value} at {url}"
    assert opened > 30
