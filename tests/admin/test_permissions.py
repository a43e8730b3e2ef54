"""Who may open what: every URL of ours, for everyone."""

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from tests.admin.conftest import change_url
from viber_messaging.models import Campaign, ConsentChange, Message, Recipient, RecipientGroup, SendAttempt, Sender
from viber_messaging.states import AttemptOutcome, MessageState

PERMISSIONS = {
    "nothing": (),
    "view": (
        "view_message",
        "view_sender",
        "view_recipient",
        "view_recipientgroup",
        "view_sendattempt",
        "view_consentchange",
        "view_campaign",
    ),
    "change": ("view_message", "add_message", "change_message", "delete_message"),
    "send": ("view_message", "add_message", "change_message", "delete_message", "send_message"),
}

PRESSED = {
    **dict.fromkeys(("post", "_save", "_send", "_confirm", "opt_out", "opt_in"), "yes"),
    **dict.fromkeys(("text", "name"), "Changed"),
    "numbers": "+380971234567",
}


@pytest.fixture
def message(make_message, sender):
    return make_message(state="draft")


@pytest.fixture
def objects(message):
    now = message.created_at
    return [
        message,
        Sender.objects.get(),
        Recipient.objects.create(phone="+380971234567"),
        RecipientGroup.objects.create(name="Friends"),
        ConsentChange.objects.create(phone="+380971234567", is_opted_out=False, source="code"),
        SendAttempt.objects.create(
            message=message, number=1, started_at=now, finished_at=now, outcome=AttemptOutcome.ACCEPTED
        ),
        Campaign.objects.create(name="Spring", sender="SMSTest", text="Text"),
    ]


def urls(objects):
    """Every URL that our admins have, filled in."""
    found = []
    for item in objects:
        for pattern in admin.site._registry[type(item)].get_urls():
            if pattern.name:
                args = [item.pk] if "object_id" in str(pattern.pattern) else []
                args += ["x" * 32] if "token" in str(pattern.pattern) else []
                found.append(reverse(f"admin:{pattern.name}", args=args))
    return found


def test_nobody_sees_anything_without_logging_in(objects):
    addresses = urls(objects)
    assert len(addresses) >= 34
    for url in addresses:
        for response in (Client().get(url), Client().post(url)):
            assert response.status_code == 302, url
            assert "/login/" in response.url


def test_staff_without_a_permission_is_refused_everywhere(log_in, objects):
    client = log_in()
    for url in urls(objects):
        for response in (client.get(url), client.post(url)):
            assert response.status_code in (403, 405), url


def test_who_may_only_look_changes_nothing(log_in, objects, gateway):
    client = log_in(*PERMISSIONS["view"])
    for url in urls(objects):
        client.post(url, PRESSED)
    for item in objects:
        fresh = type(item).objects.values().get(pk=item.pk)
        assert fresh == {name: getattr(item, name) for name in fresh}


def test_a_get_changes_nothing(admin_client, objects, gateway):
    for url in urls(objects):
        admin_client.get(url)
    assert [type(item).objects.count() for item in objects] == [1] * len(objects)
    assert Message.objects.get().state == MessageState.DRAFT
    assert {request.command for request in gateway.requests} <= {"balance"}


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        ("nothing", {"list": 403, "add": 403, "page": 403, "save": 403, "send": 403, "try": 403}),
        ("view", {"list": 200, "add": 403, "page": 200, "save": 403, "send": 403, "try": 403}),
        ("change", {"list": 200, "add": 200, "page": 200, "save": 302, "send": 403, "try": 403}),
        ("send", {"list": 200, "add": 200, "page": 200, "save": 302, "send": 302, "try": 302}),
    ],
)
def test_the_matrix_of_messages(log_in, message, form, gateway, role, expected):
    client = log_in(*PERMISSIONS[role])
    name = "admin:viber_messaging_message_"
    answers = {
        "list": client.get(reverse(f"{name}changelist")),
        "add": client.get(reverse(f"{name}add")),
        "page": client.get(change_url(message)),
        "save": client.post(change_url(message), form(_save="1")),
        "send": client.post(change_url(message), form(_send="1")),
        "try": client.post(reverse(f"{name}try_now")),
    }
    assert {key: answer.status_code for key, answer in answers.items()} == expected


@pytest.mark.parametrize(("role", "shown"), [("change", False), ("send", True)])
def test_the_send_button_is_shown_to_those_who_may(log_in, message, role, shown):
    page = log_in(*PERMISSIONS[role]).get(change_url(message)).content.decode()
    assert ('name="_send"' in page) is shown
    assert 'name="_save"' in page


def test_without_the_permission_a_new_message_stays_unsent(log_in, sender, form, inline):
    client = log_in(*PERMISSIONS["change"])
    response = client.post(reverse("admin:viber_messaging_message_add"), form(_send="1"))
    assert response.status_code == 403
    assert not Message.objects.exists()


def test_nobody_writes_attempts_by_hand(admin_client, objects):
    attempt = objects[4]
    name = "admin:viber_messaging_sendattempt_"
    assert admin_client.get(reverse(f"{name}add")).status_code == 403
    assert admin_client.post(reverse(f"{name}change", args=[attempt.pk])).status_code == 403
    assert admin_client.post(reverse(f"{name}delete", args=[attempt.pk])).status_code == 403


@pytest.mark.parametrize("name", ["add", "try_now", "changelist"])
def test_a_forged_form_of_another_site_is_refused(draft, staff, name):
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = staff.cookies
    assert strict.post(reverse(f"admin:viber_messaging_message_{name}")).status_code == 403
