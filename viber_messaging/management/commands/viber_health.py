"""Say whether sending goes well; for cron and monitors."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from viber_messaging import statistics


class Command(BaseCommand):
    help = (
        "Prints one line and ends with 0 while sending goes well; else tells each thing that a person should look at, "
        "and ends with 1."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--oldest", type=float, default=15, metavar="MINUTES", help="How long a message may wait (default: 15)."
        )

    def handle(self, *args: Any, oldest: float, **options: Any) -> None:
        now = statistics.standing()
        wrong = list(statistics.complaints(now, oldest=timedelta(minutes=oldest)))
        if wrong:
            raise CommandError("; ".join(wrong) + ".")
        self.stdout.write(f"Sending goes well: {now.waiting} wait, {now.on_their_way} are on their way.")
