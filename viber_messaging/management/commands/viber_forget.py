"""Erase one person's data."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError
from django.db.models import ProtectedError

from viber_messaging.api import MessagesInFlight, forget
from viber_messaging.management.base import DatabaseCommand


class Command(DatabaseCommand):
    help = (
        "Erases the phone number, the name and the texts of one person. The IDs, states, codes and times of the "
        "messages are kept. An opt-out is kept too, unless --even-opt-out is given."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("phone", metavar="PHONE", help="In any common format.")
        parser.add_argument("--dry-run", action="store_true", help="Only count what would be erased.")
        parser.add_argument(
            "--even-opt-out", action="store_true", help="Forget an opt-out too: the person can receive messages again."
        )

    def handle(self, *args: Any, phone: str, dry_run: bool, even_opt_out: bool, **options: Any) -> None:
        try:
            erasure = forget(phone, even_opt_out=even_opt_out, dry_run=dry_run)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        except MessagesInFlight as error:
            raise CommandError(str(error)) from error
        except ProtectedError as error:
            kinds = ", ".join(sorted({str(row._meta.label) for row in error.protected_objects}))
            raise CommandError(f"Nothing was erased: this site's {kinds} refer to the recipient.") from error
        would = "would be " if dry_run else ""
        self.stdout.write(
            f"{erasure.messages} messages, {erasure.recipients} recipients, {erasure.consent_changes} opt-out "
            f"records, {erasure.log_entries} admin log entries, {erasure.uploads} waiting uploads, {erasure.searches} "
            f"searches {would}erased."
        )
        if erasure.called_back:
            scheduled = f"{erasure.called_back} scheduled messages at the gateway"
            self.stdout.write(f"{scheduled} {would}cancelled.")
        if erasure.too_late:
            self.stdout.write(
                f"{erasure.too_late} messages could not be cancelled: the gateway had already passed them on."
            )
        if erasure.other_recipients:
            self.stdout.write(
                f"{erasure.other_recipients} recipients of these messages now have another phone number and were not "
                "changed: forget that number too if it is the same person."
            )
        if erasure.keeps_opt_out:
            self.stdout.write(
                "The phone number itself is kept, because the person opted out. --even-opt-out forgets it too."
            )
