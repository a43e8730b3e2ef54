"""What staff do in the admin of a host site, whatever it is called there."""

import os
from urllib.parse import urlsplit

from django.contrib import admin
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse
from sending import work

from viber_messaging.models import Message, Sender
from viber_messaging.sandbox import Sandbox

NAMESPACE = os.environ.get("HOST_ADMIN", "admin")
LISTED = ("sender", "recipientgroup", "recipient", "message", "campaign", "sendattempt", "consentchange")
WRITTEN = ("sender", "recipientgroup", "recipient", "message", "campaign")
SPREADSHEETS = ("recipient_import", "message_import", "consentchange_import")
PAGES = (*SPREADSHEETS, "message_report", "recipient_opt_out_list")


def page(name: str, *arguments: object) -> str:
    """Return the address of a page of this site's admin."""
    return reverse(f"{NAMESPACE}:{name}", args=arguments)


def ours(name: str, *arguments: object) -> str:
    """Return the address of one of our pages, such as ``message_add``."""
    return page(f"viber_messaging_{name}", *arguments)


def logged_in() -> Client:
    """Return a browser in which the owner of the site is logged in."""
    user = get_user_model()._default_manager.create_superuser(username="owner", email="o@e.example", password="x")
    client = Client(headers={"host": "localhost"})
    client.force_login(user)
    return client


def read(client: Client, address: str) -> str:
    """Open a page."""
    response = client.get(address)
    assert response.status_code == 200, (address, response.status_code)
    return response.content.decode()


def open_pages(client: Client, message: Message) -> None:
    """Open every page that an address alone leads to, and the message's own."""
    registered = {model._meta.model_name for model in admin.site._registry} or set(LISTED)
    names = [f"{name}_changelist" for name in LISTED if name in registered]
    for address in (page("app_list", "viber_messaging"), page("index")):
        read(client, address)
    for name in (*names, *(f"{name}_add" for name in WRITTEN), *PAGES):
        read(client, ours(name))
    read(client, ours("message_change", message.pk))


def compose(client: Client) -> Message:
    """Write a message and press *Send*."""
    Sender.objects.get_or_create(name="SMSTest")
    address = ours("message_add")
    form = {"sender": "SMSTest", "phone": "097 123-45-68", "type": "text", "text": "From the admin", "_send": "Send"}
    empty = {"button": "", "url": "", "image": "", "scheduled_at_0": "", "scheduled_at_1": ""}
    response = client.post(address, form | empty)
    assert response.status_code == 302, response.content.decode()[:3000]
    assert urlsplit(response["Location"]).path.startswith(address.split("/viber_messaging/")[0])
    return Message.objects.get(phone="+380971234568")


def write(client: Client, sandbox: Sandbox) -> None:
    """Send a message from the admin; its page tells who wrote it."""
    written = compose(client)
    work()
    assert sandbox.times_accepted(written.reference) == 1
    assert "owner" in read(client, ours("message_change", written.pk)), "its page does not tell who wrote it"


def without_a_key(client: Client) -> None:
    """Open the whole admin of a site that has set up nothing; what is sent waits, and its page says for what."""
    written = compose(client)
    work()
    written.refresh_from_db()
    assert (written.state, written.attempts.count()) == ("queued", 0)
    open_pages(client, written)
    for address in (
        ours("message_changelist"),
        ours("message_change", written.pk),
        page("app_list", "viber_messaging"),
    ):
        assert "API_KEY" in read(client, address), f"{address} does not say why nothing is sent"
