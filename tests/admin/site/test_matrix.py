"""The matrix: every URL and every action of ours, for everybody, against tables that name who is let in.

A URL or an action that no table names fails the first test, so none is added without a thought of who may use it.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.test import Client, RequestFactory
from django.urls import reverse

from tests.admin.site.access import ACTIONS, ASKED, DOORS, OWN, POSTED, ROLES
from viber_messaging.models import Campaign, ConsentChange, Recipient, RecipientGroup, SendAttempt, Sender
from viber_messaging.states import AttemptOutcome, MessageState

REFUSED = (403, 405)


@pytest.fixture
def objects(gateway: Any, make_message: Any) -> dict[str, Any]:
    """One of each model, by the name of the model."""
    Sender.objects.create(name="SMSTest")
    message = make_message(state=MessageState.DRAFT)
    group = RecipientGroup.objects.create(name="Friends")
    recipient = Recipient.objects.create(phone="+380971234567")
    group.recipients.add(recipient)
    campaign = Campaign.objects.create(name="Spring", sender="SMSTest", text="Text")
    campaign.groups.add(group)
    now = message.created_at
    made = [
        message,
        Sender.objects.get(),
        recipient,
        group,
        campaign,
        ConsentChange.objects.create(phone="+380971234567", is_opted_out=False, source="code"),
        SendAttempt.objects.create(
            message=message, number=1, started_at=now, finished_at=now, outcome=AttemptOutcome.ACCEPTED
        ),
    ]
    return {item._meta.model_name: item for item in made}


def our_admins() -> Mapping[str, Any]:
    ours = [one for model, one in admin.site._registry.items() if model._meta.app_label == "viber_messaging"]
    return {one.opts.model_name: one for one in ours}


def names() -> Iterator[str]:
    """Return every URL that our admins have, as ``model_page``."""
    for one in our_admins().values():
        for pattern in one.get_urls():
            if pattern.name:
                yield pattern.name.removeprefix("viber_messaging_")


def url_of(name: str, objects: Mapping[str, Any]) -> str:
    item = objects[name.partition("_")[0]]
    patterns = [one for one in our_admins()[item._meta.model_name].get_urls() if one.name == f"viber_messaging_{name}"]
    route = str(patterns[0].pattern)
    args = [item.pk] if "object_id" in route else ["x" * 32] if "token" in route else []
    return reverse(f"admin:viber_messaging_{name}", args=args)


def client_of(role: str) -> Client:
    client = Client()
    if role == "superuser":
        client.force_login(User.objects.create_superuser(role))
    elif role != "anonymous":
        user = User.objects.create_user(role, is_staff=True)
        user.user_permissions.set(permissions_of(role))
        client.force_login(user)
    return client


def permissions_of(role: str) -> list[Permission]:
    ours = Permission.objects.filter(content_type__app_label="viber_messaging")
    if role in ("view", "add", "change", "delete"):
        return list(ours.filter(codename__startswith=f"{role}_"))
    if role == "view and own":
        return [*ours.filter(codename__startswith="view_"), *ours.filter(codename__in=OWN)]
    return list(ours.filter(codename=role))


def snapshot() -> dict[str, list[Any]]:
    """Return every row of ours, and of the people and their log."""
    models = [*apps.get_app_config("viber_messaging").get_models(include_auto_created=True), User, LogEntry]
    return {model._meta.label: list(model._default_manager.order_by("pk").values_list()) for model in models}


def is_let_in(response: Any) -> bool:
    if response.streaming:
        response.close()
    to_login = response.status_code == 302 and "/login/" in response.url
    return response.status_code not in REFUSED and not to_login


def test_the_tables_name_every_url_and_action_and_nothing_else(admin_user: User):
    assert not set(DOORS) ^ set(names()), "Say in DOORS in access.py who may open each page by GET and by POST."
    assert len(DOORS) == len(list(names()))
    request = RequestFactory().get("/")
    request.user = admin_user
    offered = {f"{name}.{action}" for name, one in our_admins().items() for action in one.get_actions(request)}
    assert not set(ACTIONS) ^ offered, "Say in ACTIONS in access.py who may run each action."


@pytest.mark.exhaustive
@pytest.mark.parametrize("role", ROLES)
def test_who_is_let_in_where(objects: dict[str, Any], gateway: Any, role: str):
    client, before = client_of(role), snapshot()
    opened = {name for name in names() if is_let_in(client.get(url_of(name, objects)))}
    assert opened == {name for name, (by_get, _by_post) in DOORS.items() if role in by_get}
    assert snapshot() == before, "A GET changed something."
    mine = {name for name, (_by_get, by_post) in DOORS.items() if role in by_post}
    others = sorted(DOORS.keys() - mine)
    assert not [name for name in others if is_let_in(client.post(url_of(name, objects), POSTED.get(name, {})))]
    assert snapshot() == before, "Somebody who was refused changed something."
    assert {request.command for request in gateway.requests} <= {"balance"}
    assert not [name for name in mine if not is_let_in(client.post(url_of(name, objects), ASKED.get(name, {})))]


@pytest.mark.exhaustive
@pytest.mark.parametrize("role", ROLES)
def test_who_may_run_which_action_and_that_for_others_it_does_nothing(objects: dict[str, Any], gateway: Any, role: str):
    client, before = client_of(role), snapshot()
    for model in our_admins():
        url = url_of(f"{model}_changelist", objects)
        page = client.get(url).content.decode()
        ours = {key.partition(".")[2]: roles for key, roles in ACTIONS.items() if key.startswith(f"{model}.")}
        assert {name for name in ours if f'value="{name}"' in page} == {name for name in ours if role in ours[name]}
        for name in (name for name in ours if role not in ours[name]):
            forged = {"action": name, "_selected_action": [objects[model].pk], "index": 0, "post": "yes"}
            client.post(url, {**forged, "select_across": "1", "into": objects[model].pk})
    assert snapshot() == before
    assert not gateway.requests


@pytest.mark.exhaustive
def test_a_form_of_another_site_is_refused_everywhere(objects: dict[str, Any]):
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = client_of("superuser").cookies
    before = snapshot()
    assert {strict.post(url_of(name, objects), POSTED.get(name, {})).status_code for name in names()} == {403}
    assert snapshot() == before
