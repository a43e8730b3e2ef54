"""What each permission alone lets somebody see: of people, of messages, of campaigns, on every page.

A page or a permission that is new is looked at by itself; whoever shall see more is named in the table.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from tests.admin.imports.conftest import page_after, upload
from tests.admin.site.test_matrix import names, url_of
from viber_messaging.models import Campaign, ConsentChange, Message, Recipient, RecipientGroup, SendAttempt, Sender
from viber_messaging.states import AttemptOutcome

PHONE, DIGITS = "+380971112233", "971112233"
SPACED = "+380 97 111 22 33"
CANARIES = {
    "phone": DIGITS,
    "spaced phone": SPACED,
    "person": "Canary Olena",
    "text": "Canary text",
    "campaign": "Canary campaign",
}
SEES = {
    "phone": {
        *(f"{right}_{model}" for model in ("message", "recipient") for right in ("view", "change")),
        "delete_recipient",
        "view_consentchange",
    },
    "spaced phone": {"view_message", "change_message"},
    "person": {"view_recipient", "change_recipient", "delete_recipient"},
    "text": {"view_message", "change_message"},
    "campaign": {"view_campaign", "change_campaign", "delete_recipientgroup"},
}
"""By what is seen, the permissions that each alone let somebody see it.

Who may delete is asked whether to; a group cannot be deleted while campaigns have it, and those are named.
"""


@pytest.fixture
def site(gateway: Any) -> dict[str, Any]:
    """One of each, with canaries."""
    sender = Sender.objects.create(name="SMSTest")
    group = RecipientGroup.objects.create(name="Friends")
    recipient = Recipient.objects.create(phone=PHONE, name=CANARIES["person"], attributes={"city": CANARIES["person"]})
    group.recipients.add(recipient)
    campaign = Campaign.objects.create(name=CANARIES["campaign"], sender="SMSTest", text="Hello, {name}")
    campaign.groups.add(group)
    message = Message.objects.create(
        phone=PHONE, text=CANARIES["text"], sender="SMSTest", state="accepted", campaign=campaign, recipient=recipient
    )
    Message.objects.create(
        phone=PHONE, text=CANARIES["text"], sender="SMSTest", state="delivered", channel="sms", fallback_of=message,
        campaign=campaign, recipient=recipient,
    )  # fmt: skip
    now = message.created_at
    attempt = SendAttempt.objects.create(
        message=message, number=1, started_at=now, finished_at=now, outcome=AttemptOutcome.ACCEPTED
    )
    consent = ConsentChange.objects.create(phone=PHONE, is_opted_out=False, source="code")
    made = (sender, group, recipient, campaign, message, attempt, consent)
    return {item._meta.model_name: item for item in made}


def pages(client: Client, site: dict[str, Any]) -> Iterator[str]:
    """Yield what every page shows, the report as a file and the first page of the admin too."""
    addresses = [url_of(name, site) for name in names()]
    addresses += [f"{url_of('message_report', site)}?first=2020-01-01&last=2020-01-02&as=csv", reverse("admin:index")]
    addresses += [f"{url_of('message_changelist', site)}?campaign={site['campaign'].pk}"]
    addresses += [reverse("admin:app_list", args=["viber_messaging"])]
    for address in addresses:
        answer = client.get(address)
        yield (b"".join(answer) if answer.streaming else answer.content).decode("utf-8", "replace")


def codenames() -> list[str]:
    ours = Permission.objects.filter(content_type__app_label="viber_messaging")
    return list(ours.values_list("codename", flat=True))


@pytest.mark.exhaustive
def test_each_permission_alone_shows_what_it_is_for_and_no_more(site: dict[str, Any], log_in: Callable[..., Client]):
    seen: dict[str, set[str]] = {what: set() for what in CANARIES}
    for codename in codenames():
        shown = "\n".join(pages(log_in(codename, name=codename), site))
        for what, canary in CANARIES.items():
            if canary in shown:
                seen[what].add(codename)
    assert seen == SEES


def test_who_sees_no_phones_cannot_search_by_them(site: dict[str, Any], log_in: Callable[..., Client]):
    def count(client: Client, term: str) -> int:
        answer = client.post(reverse("admin:viber_messaging_sendattempt_search"), {"q": term}, follow=True)
        return len(answer.context["cl"].result_list)

    client = log_in("view_sendattempt")
    assert [count(client, term) for term in (PHONE, "097 111-22-33", "0971", str(site["message"].reference))] == [
        0,
        0,
        0,
        1,
    ]
    assert count(log_in("view_sendattempt", "view_message", name="seer"), PHONE) == 1


ROWS = [("Телефон", "Ім'я", "city"), (PHONE, "New name", "New city")]


def test_who_may_only_import_sees_what_is_in_the_file_alone(site: dict[str, Any], log_in: Callable[..., Client]):
    client = log_in("import_recipient")
    page = page_after(client, upload(client, ROWS))
    assert "New name" in page
    assert "<del>" not in page
    assert CANARIES["person"] not in page
    seer = log_in("import_recipient", "view_recipient", name="seer")
    assert CANARIES["person"] in page_after(seer, upload(seer, ROWS))


def test_a_new_group_takes_the_permission_to_add_groups(site: dict[str, Any], log_in: Callable[..., Client]):
    client = log_in("import_recipient")
    assert "new_group" not in client.get(reverse("admin:viber_messaging_recipient_import")).content.decode()
    client.post(upload(client, ROWS, new_group="Made").url, {"_import": "1"})
    assert Recipient.objects.get().name == "New name"
    assert not RecipientGroup.objects.filter(name="Made").exists()
    maker = log_in("import_recipient", "add_recipientgroup", name="maker")
    maker.post(upload(maker, ROWS, new_group="Made").url, {"_import": "1"})
    assert RecipientGroup.objects.filter(name="Made").exists()


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_taking_a_report_away_is_noted(site: dict[str, Any], log_in: Callable[..., Client], format: str):  # noqa: A002
    client = log_in("view_message", "export_recipient")
    days = {"first": "2020-01-01", "last": "2020-01-02"}
    list(client.get(url_of("message_report", site), {**days, "as": format}))
    list(client.post(url_of("message_report_messages", site), {**days, "who": "all", "format": format}))
    assert LogEntry.objects.count() == 2
    assert all("2020-01-01" in entry.object_repr for entry in LogEntry.objects.all())
