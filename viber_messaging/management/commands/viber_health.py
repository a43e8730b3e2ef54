"""Report whether sending works; for cron and monitors."""

import json
from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import CommandError
from django.core.serializers.json import DjangoJSONEncoder

from viber_messaging import statistics
from viber_messaging.management.base import DatabaseCommand


class Command(DatabaseCommand):
    help = (
        "Prints one line and exits with 0 if sending works. Otherwise, it lists the problems that need a person and "
        "exits with 1. With --json or --prometheus, it always exits with 0."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--oldest", type=float, default=15, metavar="MINUTES", help="How long a message may wait (default: 15)."
        )
        formats = parser.add_mutually_exclusive_group()
        formats.add_argument("--json", action="store_true", help="Print all figures as JSON.")
        formats.add_argument("--prometheus", action="store_true", help="Print the figures in the format of Prometheus.")

    def handle(self, *args: Any, oldest: float, **options: Any) -> None:
        now = statistics.standing()
        wrong = list(statistics.complaints(now, oldest=timedelta(minutes=oldest)))
        if options["json"]:
            figures = {**statistics.figures(now), "complaints": wrong}
            self.stdout.write(json.dumps(figures, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2))
        elif options["prometheus"]:
            self.stdout.write("\n".join(statistics.exposition(statistics.figures(now))))
        elif wrong:
            raise CommandError("; ".join(wrong) + ".")
        else:
            self.stdout.write(self._line(now))

    def _line(self, now: statistics.Standing) -> str:
        waiting = f"messages waiting: {now.waiting}, on their way: {now.on_their_way}."
        if now.is_failing:
            return f"The last request to the gateway failed ({now.reason}) and will be retried: {waiting}"
        return f"Sending works: {waiting}"
