"""A complete tour for newcomers."""

from argparse import ArgumentParser
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation
from django.utils.crypto import get_random_string

from project import demonstration
from project.settings import SANDBOX
from viber_messaging.gateway.http.addresses import is_loopback
from viber_messaging.importing import Kind
from viber_messaging.models import Message
from viber_messaging.sandbox import Sandbox
from viber_messaging.states import FINAL_STATES

ADDRESS = "127.0.0.1:8000"
COLUMNS = ("phone", "type", "reference", "msg_id", "code", "state")


class Command(BaseCommand):
    help = (
        "Makes a database, starts the sandbox gateway, imports a spreadsheet of recipients, sends all three kinds of "
        "message, awaits their delivery and prints what became of them. Sends nothing beyond this machine."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--serve",
            nargs="?",
            const=ADDRESS,
            metavar="ADDRPORT",
            help=f"Then keep the admin up, on this port or address:port of this machine. Default: {ADDRESS}.",
        )

    def handle(self, *args: Any, serve: str | None, **options: Any) -> None:
        address = _address(serve) if serve else ""
        call_command("migrate", verbosity=0)
        with Sandbox() as sandbox, translation.override("en"):
            self._use(sandbox)
            messages = self._tour(sandbox)
            self._print_table(messages)
            if address:
                self._serve(sandbox, address)
        if any(message.state not in FINAL_STATES for message in messages):
            raise CommandError("Some messages did not come to their end within a minute; see the table.")

    def _use(self, sandbox: Sandbox) -> None:
        """Send to the sandbox, unless the environment names another gateway on this machine."""
        settings.VIBER_MESSAGING = {"API_KEY": sandbox.key, **settings.VIBER_MESSAGING, "DISPATCH": "inline"}
        chosen = settings.VIBER_MESSAGING.get("API_URL", "")
        if chosen == SANDBOX["API_URL"] or not is_loopback(urlsplit(chosen).hostname or ""):
            settings.VIBER_MESSAGING |= {"API_URL": sandbox.url, "API_KEY": sandbox.key}
        self.stdout.write(f"Gateway: {settings.VIBER_MESSAGING['API_URL']}")

    def _tour(self, sandbox: Sandbox) -> list[Message]:
        demonstration.add_senders()
        counts = demonstration.import_recipients()
        self.stdout.write(
            f"Spreadsheet: {counts[Kind.NEW]} new recipients, {counts[Kind.UPDATED]} updated, "
            f"{counts[Kind.UNCHANGED]} unchanged."
        )
        self.stdout.write("The answer to the last message will be lost on purpose, as a log record says:")
        messages = demonstration.send_all(f"{sandbox.page_url}pictures/")
        self.stdout.write(f"Sent {len(messages)} messages; waiting for their delivery…")
        return demonstration.wait_until_settled(messages)

    def _print_table(self, messages: Iterable[Message]) -> None:
        rows = [COLUMNS, *(_row(message) for message in messages)]
        widths = [max(len(row[column]) for row in rows) for column in range(len(COLUMNS))]
        self.stdout.write("")
        for row in rows:
            self.stdout.write("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
        self.stdout.write("")

    def _serve(self, sandbox: Sandbox, address: str) -> None:
        password = get_random_string(10)
        users = get_user_model()._default_manager
        user, _ = users.get_or_create(username="demo", defaults={"is_staff": True, "is_superuser": True})
        user.set_password(password)
        user.save()
        self.stdout.write(f"Admin:    http://{address}/admin/   user: demo   password: {password}")
        self.stdout.write(f"Phone:    {sandbox.page_url}   (what arrived, as a phone would show it)")
        self.stdout.write("Ctrl-C ends both.")
        call_command("runserver", address, use_reloader=False)


def _address(serve: str) -> str:
    """Return where to serve. Raises CommandError if others could reach it: a site with DEBUG exposes everything."""
    address = serve if ":" in serve else f"127.0.0.1:{serve}"
    if not is_loopback(urlsplit(f"//{address}").hostname or ""):
        raise CommandError(f"The demo serves this machine only, such as 127.0.0.1:8000, and not {address}.")
    return address


def _row(message: Message) -> Sequence[str]:
    ending = message.get_state_display() + (" (found again by its reference)" if _was_lost(message) else "")
    code = "" if message.status_code is None else str(message.status_code)
    return message.phone, message.type, str(message.reference), message.msg_id or "–", code or "–", ending


def _was_lost(message: Message) -> bool:
    return message.attempts.filter(outcome="unknown").exists() and bool(message.msg_id)
