"""Runs inside a host site: opens the admin's pages and sends the first message, as the README writes it."""

import os
import sys
from pathlib import Path
from urllib.parse import urlsplit

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.contrib import admin  # noqa: E402
from django.contrib.auth import get_user_model  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import reverse  # noqa: E402

import viber_messaging  # noqa: E402
from viber_messaging.delivery import worker  # noqa: E402
from viber_messaging.models import Message, Sender  # noqa: E402
from viber_messaging.sandbox import Sandbox  # noqa: E402

NAMESPACE = os.environ.get("HOST_ADMIN", "admin")
MODELS = ("sender", "recipientgroup", "recipient", "message", "campaign", "sendattempt", "consentchange")


def main() -> None:
    assert "site-packages" in str(Path(viber_messaging.__file__)), "this is the source and not the wheel"
    with Sandbox(key=settings.VIBER_MESSAGING["API_KEY"]) as sandbox:
        settings.VIBER_MESSAGING = {**settings.VIBER_MESSAGING, "API_URL": sandbox.url}
        message = send_first(sandbox)
        client = logged_in()
        open_pages(client, message)
        write_in_the_admin(client, sandbox)
    print(f"django {django.__version__}, python {sys.version.split()[0]}: sent, and the admin opens.")


def send_first(sandbox: Sandbox) -> Message:
    names: dict[str, object] = {}
    exec(Path(sys.argv[1]).read_text(encoding="utf-8"), names)
    message = names["message"]
    assert isinstance(message, Message)
    worker.run_due()  # for sites that leave it to a worker
    message.refresh_from_db()
    assert message.status_code is not None, (message.state, message.error)
    assert (message.state, sandbox.times_accepted(message.reference)) == ("accepted", 1) or message.state == "delivered"
    sandbox.advance(60)
    Message.objects.update(next_attempt_at=None)
    worker.run_due()
    message.refresh_from_db()
    assert message.state == "delivered", (message.state, message.error)
    return message


def logged_in() -> Client:
    user = get_user_model()._default_manager.create_superuser(username="owner", email="o@e.example", password="x")
    client = Client(headers={"host": "localhost"})
    client.force_login(user)
    return client


def open_pages(client: Client, message: Message) -> None:
    addresses = [reverse(f"{NAMESPACE}:app_list", args=["viber_messaging"])]
    registered = {model._meta.model_name for model in admin.site._registry} or set(MODELS)
    listed, written = registered & set(MODELS), ("sender", "recipientgroup", "recipient", "message", "campaign")
    addresses += [reverse(f"{NAMESPACE}:viber_messaging_{name}_changelist") for name in listed]
    addresses += [reverse(f"{NAMESPACE}:viber_messaging_{name}_add") for name in written]
    addresses.append(reverse(f"{NAMESPACE}:viber_messaging_message_change", args=[message.pk]))
    for address in addresses:
        response = client.get(address)
        assert response.status_code == 200, (address, response.status_code)


def write_in_the_admin(client: Client, sandbox: Sandbox) -> None:
    """Compose a message and press *Send*."""
    Sender.objects.get_or_create(name="SMSTest")
    address = reverse(f"{NAMESPACE}:viber_messaging_message_add")
    form = {"sender": "SMSTest", "phone": "097 123-45-68", "type": "text", "text": "From the admin", "_send": "Send"}
    empty = {"button": "", "url": "", "image": "", "scheduled_at_0": "", "scheduled_at_1": ""}
    response = client.post(address, form | empty)
    assert response.status_code == 302, response.content.decode()[:3000]
    assert urlsplit(response["Location"]).path.startswith(address.split("/viber_messaging/")[0])
    worker.run_due()
    written = Message.objects.get(phone="+380971234568")
    assert sandbox.times_accepted(written.reference) == 1
    page = client.get(reverse(f"{NAMESPACE}:viber_messaging_message_change", args=[written.pk])).content.decode()
    assert "owner" in page, "its page does not tell who wrote it"


main()
