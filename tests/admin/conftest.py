"""Staff with different rights, and what their browsers post."""

from collections.abc import Callable, Iterable, Iterator
from types import ModuleType
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import path, reverse

from viber_messaging.models import Message, Sender
from viber_messaging.sandbox import Sandbox
from viber_messaging.states import MessageChannel

LIST = "admin:viber_messaging_message_changelist"


@pytest.fixture
def replace_admin(settings: Any) -> Iterator[Callable[[Any, Any], None]]:
    """Put a site's own admin class in the place of a model's, until the end of the test."""
    replaced: dict[Any, Any] = {}

    def replace(model: Any, admin_class: Any) -> None:
        replaced[model] = type(admin.site.get_model_admin(model))
        _register(model, admin_class)
        urls = ModuleType("urls")
        urls.urlpatterns = [path("admin/", admin.site.urls)]
        settings.ROOT_URLCONF = urls

    yield replace
    for model, admin_class in replaced.items():
        _register(model, admin_class)


def _register(model: Any, admin_class: Any) -> None:
    admin.site.unregister(model)
    admin.site.register(model, admin_class)


@pytest.fixture
def inline(gateway: Sandbox, configure: Callable[..., None]) -> Sandbox:
    """The sandbox as the gateway of a site that sends inside its requests."""
    configure(DISPATCH="inline")
    return gateway


@pytest.fixture
def log_in(db: None) -> Callable[..., Client]:
    """Log a member of staff in, who has the named permissions and no others."""

    def log_in_with(*codenames: str, name: str = "olena") -> Client:
        user = User.objects.create_user(name, is_staff=True)
        user.user_permissions.set(_permissions(codenames))
        client = Client()
        client.force_login(user)
        return client

    return log_in_with


def _permissions(codenames: Iterable[str]) -> list[Permission]:
    found = list(Permission.objects.filter(content_type__app_label="viber_messaging", codename__in=codenames))
    assert len(found) == len(set(codenames)), "a permission is misspelt"
    return found


SENDING = ("view_message", "add_message", "change_message", "delete_message", "send_message")


@pytest.fixture
def staff(log_in: Callable[..., Client]) -> Client:
    """Someone who may write, send and delete messages."""
    return log_in(*SENDING)


@pytest.fixture
def sender(db: None) -> Sender:
    return Sender.objects.create(name="SMSTest")


@pytest.fixture
def draft(make_message: Callable[..., Message], sender: Sender) -> Message:
    return make_message(state="draft")


@pytest.fixture
def make_sms(make_message: Callable[..., Message]) -> Callable[..., Message]:
    """Make an SMS instead of a Viber message; its fields may be given, and those of the Viber message as a dict."""

    def make(viber: dict[str, Any] | None = None, **fields: Any) -> Message:
        facts = {"state": "undelivered", "status_code": 105, "sms_text": "Привіт по SMS"} | (viber or {})
        before = make_message(**facts)
        facts = {"state": "delivered", "text": "Привіт по SMS", "phone": before.phone} | fields
        return make_message(channel=MessageChannel.SMS, fallback_of=before, campaign=before.campaign, **facts)

    return make


@pytest.fixture
def form() -> Callable[..., dict[str, Any]]:
    """What the form of a message posts."""

    def fill(**fields: Any) -> dict[str, Any]:
        empty = {"button": "", "url": "", "image": "", "scheduled_at_0": "", "scheduled_at_1": ""}
        return {"sender": "SMSTest", "phone": "097 123-45-67", "type": "text", "text": "Привіт"} | empty | fields

    return fill


@pytest.fixture
def act() -> Callable[..., str]:
    """Run an action on messages, agree to any number, and return the page that follows."""

    def run(client: Client, action: str, *messages: Message, **more: Any) -> str:
        data = {"action": action, "_selected_action": [message.pk for message in messages], "index": 0}
        data |= {"_confirm": "1000", **more}
        return client.post(reverse(LIST), data, follow=True).content.decode()

    return run


def change_url(message: Message) -> str:
    """Return the address of a message's page."""
    return reverse("admin:viber_messaging_message_change", args=[message.pk])
