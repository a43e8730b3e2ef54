"""Delete old messages, in batches."""

import sys
from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone

from viber_messaging.delivery.storage import pruning
from viber_messaging.management.base import DatabaseCommand

MOST_DAYS = 36_500


class Command(DatabaseCommand):
    help = (
        "Deletes messages that were completed long ago, with their attempts. Messages that are still on their way are "
        "never deleted. An accepted message counts as completed when the gateway is no longer asked about it "
        "(STATUS_MAX_AGE)."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--older-than", type=int, required=True, metavar="DAYS", help="Days since they were completed."
        )
        parser.add_argument("--dry-run", action="store_true", help="Only count them.")

    def handle(self, *args: Any, older_than: int, dry_run: bool, **options: Any) -> None:
        if not 1 <= older_than <= MOST_DAYS:
            raise CommandError(f"--older-than must be from 1 to {MOST_DAYS} days.")
        cutoff = timezone.now() - timedelta(days=older_than)
        if dry_run:
            self.stdout.write(f"{pruning.prunable(cutoff).count()} messages would be deleted.")
        else:
            self.stdout.write(f"{pruning.prune(cutoff, show_progress=self._show)} messages deleted.")

    def _show(self, deleted: int) -> None:
        """Show the progress, on a terminal."""
        if sys.stdout.isatty():
            self.stdout.write(f"{deleted} so far", ending="\r")
