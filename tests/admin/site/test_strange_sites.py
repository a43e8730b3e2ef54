"""A site may mount us under another name, in its languages, and group its thousands: no page breaks."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

import pytest
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.contrib.auth.models import User
from django.test import Client
from django.urls import path, reverse

from tests.admin.page import LANDMARK, page_of, shown
from tests.admin.site.access import ACTIONS, POSTED
from viber_messaging.models import Campaign, ConsentChange, Message, Recipient, RecipientGroup, SendAttempt, Sender
from viber_messaging.states import AttemptOutcome

BIG = 1_234_567
GROUPED = re.compile(r"1[\s,.\u00a0\u202f]234[\s,.\u00a0\u202f]567")
NAME = "office"

office = admin.AdminSite(name=NAME)
for model, ours in admin.site._registry.items():
    if model._meta.app_label == "viber_messaging":
        office.register(model, type(ours))

OURS = [model for model in admin.site._registry if model._meta.app_label == "viber_messaging"]
lonely = {model: admin.AdminSite(name=f"only-{model._meta.model_name}") for model in OURS}
for model, site in lonely.items():
    site.register(model, type(admin.site._registry[model]))

urlpatterns = [
    path("admin/", admin.site.urls),
    *i18n_patterns(path("office/", office.urls)),
    *(path(f"{site.name}/", site.urls) for site in lonely.values()),
]


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
    settings.ROOT_URLCONF = "tests.admin.site.test_strange_sites"
    settings.USE_THOUSAND_SEPARATOR = True
    settings.LANGUAGE_CODE = "uk"
    client = Client(headers={"accept-language": "uk"})
    client.force_login(admin_user)
    return client


def pages(objects: list[Any], site: admin.AdminSite = office) -> Mapping[str, str]:
    """Return every address of ours in the other site that needs no token, by the name of the page."""
    found = {"app_list": reverse(f"{site.name}:app_list", args=["viber_messaging"])}
    for item in objects:
        for pattern in site._registry[type(item)].get_urls() if type(item) in site._registry else []:
            if pattern.name and "token" not in str(pattern.pattern):
                args = [item.pk] if "object_id" in str(pattern.pattern) else []
                page = pattern.name.removeprefix("viber_messaging_")
                found[page] = reverse(f"{site.name}:{pattern.name}", args=args)
    return found


def test_every_page_stays_in_its_site_and_groups_no_number_in_an_address(strange: Client, objects: list[Any]):
    opened = 0
    for url in pages(objects).values():
        response = strange.get(url)
        assert response.status_code in (200, 403, 405), url
        if response.status_code != 200:
            continue
        page = response.content.decode()
        opened += LANDMARK in page
        for address in re.findall(r'(?:href|action|formaction|data-url)="([^"]*)"', page):
            assert not address.startswith("/admin/"), f"{address} at {url}"
            assert not GROUPED.search(unquote(address)), f"{address} at {url}"
        for value in re.findall(r'(?:value|data-\w+|\bx|width)="([^"]*)"', page):
            assert not GROUPED.search(value), f"{value} at {url}"
    assert opened > 30


HERE = re.compile(r"/(uk|en)/office/")


def test_whatever_is_posted_leads_back_into_its_site(strange: Client, objects: list[Any]):
    addresses, led = pages(objects), 0
    # Deleting comes last, or there is nothing left to act on.
    for page in sorted(addresses, key=lambda page: page.endswith("_delete")):
        response: Any = strange.post(addresses[page], POSTED.get(page, {}))
        assert response.status_code in (200, 302, 400, 403, 405), page
        if response.status_code == 302:
            led += 1
            assert HERE.match(response["Location"]), f"{response['Location']} of {page}"
        response.close()
    assert led > 10


@pytest.mark.parametrize("name", sorted(ACTIONS))
def test_every_action_leads_back_into_its_site(strange: Client, objects: list[Any], name: str):
    model, _dot, action = name.partition(".")
    (item,) = [item for item in objects if item._meta.model_name == model]
    address = reverse(f"{NAME}:viber_messaging_{model}_changelist")
    response: Any = strange.post(address, {"action": action, "_selected_action": [item.pk], "index": 0})
    assert response.status_code in (200, 302)
    if response.status_code == 302:
        assert HERE.match(response["Location"])
        return
    assert 'href="/admin/' not in shown(response)


@pytest.mark.parametrize(
    "model", [Message, *(pytest.param(m, marks=pytest.mark.exhaustive) for m in OURS if m != Message)]
)
def test_a_site_may_take_one_model_of_ours_alone(strange: Client, objects: list[Any], model: Any):
    site = lonely[model]
    assert shown(strange.get(reverse(f"{site.name}:{model._meta.app_label}_{model._meta.model_name}_changelist")))
    for page, url in pages(objects, site).items():
        response = strange.get(url)
        assert response.status_code in (200, 302, 403, 405), page
        if response.status_code == 302:
            assert response["Location"].startswith(f"/{site.name}/"), page


@pytest.mark.parametrize("site", [office, lonely[Campaign]], ids=lambda site: site.name)
def test_a_running_campaign_is_watched_in_any_site(strange: Client, objects: list[Any], site: admin.AdminSite):
    Campaign.objects.update(state="running")
    page = page_of(strange, pages(objects, site)["campaign_change"])
    assert ("Усі її повідомлення" in page) is (site is office)
