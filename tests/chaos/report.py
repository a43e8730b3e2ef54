"""What came of a run, in a few lines."""

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db import connection

from tests.chaos import by_sms
from tests.chaos.accounts import Accounts
from tests.chaos.audience import Plan, mark
from viber_messaging.states import MessageChannel

LINES_OF_THE_LOG = 40
ABORTED_ROUND = "The database failed, trying again"


@dataclass(frozen=True, slots=True)
class Report:
    """The figures of one run."""

    options: argparse.Namespace
    sandbox: Accounts
    plan: Plan
    done: Counter[str]
    seconds: float
    log: str

    def tell(self, broken: Sequence[str]) -> None:
        """Print the figures, and each broken promise with the end of the log."""
        verdict = "FAILED" if broken else "kept"
        print(f"{connection.vendor}, seed {self.options.seed}, {self.seconds:.0f} s: {verdict}")
        for title, figures in self._rows():
            print(f"  {title:<10}{figures}")
        for sentence in broken:
            print(f"  BROKEN    {sentence}")
        if broken:
            sys.stdout.write("\n".join(self.log.splitlines()[-LINES_OF_THE_LOG:]) + "\n")

    def _rows(self) -> Iterator[tuple[str, str]]:
        again = sum(times - 1 for times in self.sandbox.submissions.values() if times > 1)
        singles, of_campaigns = self._arrived()
        yield "messages", f"{singles + of_campaigns} of {self.options.messages} accepted, {again} sent again"
        if self.options.sms:
            yield "SMS", f"{by_sms.count(self.sandbox)} instead of messages to people without Viber"
        if self.plan.campaigns:
            yield "campaigns", f"{of_campaigns} of those from {len(self.plan.lasting())} campaigns; {self._of_people()}"
            yield "imports", self._imports()
        yield "workers", self._workers()
        yield "answers", f"{self.done['faults']} spoilt"
        if self.options.restores:
            yield (
                "restores",
                f"{self.done['restores']} of a backup taken in mid-campaign; all that came after it forgotten",
            )
        if self.options.account_changes:
            yield "accounts", f"{self.done['account changes']} changes; {self._decided()}"
        if hosts := [name for name in ("pool", "proxy") if getattr(self.options, name)]:
            yield "host", ", ".join(hosts)
        if self.options.isolation:
            yield "database", f"{self.options.isolation}; {self.log.count(ABORTED_ROUND)} rounds of workers aborted"
        yield "people", f"{self.done['cancelled']} messages cancelled, {self.done['opted out']} opted out"

    def _arrived(self) -> tuple[int, int]:
        """Count what the gateway accepted of the messages that had to arrive: of none, and of campaigns."""
        reached = {(message.text.split()[0], message.phone) for message in self.sandbox.accepted.values()}
        by_viber = (message for message in self.sandbox.accepted.values() if message.channel == MessageChannel.VIBER)
        singles = len({message.phone for message in by_viber if message.phone.startswith(by_sms.ORDERED)})
        expected = ((mark(number), phone) for number in self.plan.lasting() for phone in self.plan.expected(number))
        return singles, sum(pair in reached for pair in expected)

    def _of_people(self) -> str:
        return f"{self.done['pauses']} pauses, {self.done['campaigns cancelled']} cancelled"

    def _imports(self) -> str:
        from viber_messaging.models import StagedImport

        uploads = StagedImport.objects.filter(owner__startswith="uploader")
        return f"{uploads.exclude(done_at=None).count()} of {uploads.count()} uploads confirmed, each whole"

    def _decided(self) -> str:
        sent, again = self.done["decided as sent"], self.done["decided to be sent again"]
        return f"of what was in doubt at another one a person found {sent} in its book, and sent {again} again"

    def _workers(self) -> str:
        celery = self.options.celery_workers
        count = f"{self.options.workers}" + (f" and {celery} of Celery" if celery else "")
        ended, at_points, frozen = self.done["killed"], self.log.count("chaos: died"), self.done["frozen"]
        return f"{count}; {ended} ended ({at_points} at named points), {frozen} frozen past their claim"
