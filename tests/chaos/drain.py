"""The end of a run: nothing is spoilt any more, and what is left drains by itself; a person decides the rest."""

import time
from collections import Counter

from django.db import InterfaceError, OperationalError, connection

from tests import doors
from tests.chaos.accounts import Accounts
from tests.chaos.nemesis import Workers
from viber_messaging.models import Campaign, Message, StagedImport
from viber_messaging.states import UNSETTLED_STATES, CampaignState, MessageState

LONGEST_DRAIN_SECONDS = 300


class Drain:
    """Decides what a person has to, and knows when all is over."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts
        self.done = Counter[str]()

    def wait(self, workers: Workers) -> None:
        """Wait until nothing is left to do, reviving workers that a crash point still ends."""
        deadline = time.monotonic() + LONGEST_DRAIN_SECONDS
        while not self.is_over() and time.monotonic() < deadline:
            workers.revive()
            time.sleep(0.3)

    def is_over(self) -> bool:
        """Decide what is to be decided; tell whether nothing is left to do."""
        try:
            return not _decide(self._accounts, self.done) and is_settled(self._accounts)
        except (OperationalError, InterfaceError):
            self.done["refused by the database"] += 1
            connection.close()
            return False


def is_settled(accounts: Accounts) -> bool:
    """Tell whether no message is on its way any more, and no campaign or import."""
    try:
        return not (
            Message.objects.filter(state__in=UNSETTLED_STATES).exists()
            or _will_tell_more(accounts)
            or Campaign.objects.exclude(state__in=(CampaignState.FINISHED, CampaignState.CANCELLED)).exists()
            or StagedImport.objects.filter(done_at=None, is_judged=True).exists()
        )
    finally:
        if not connection.in_atomic_block:
            connection.close()


def _will_tell_more(accounts: Accounts) -> bool:
    """Tell whether the account in use has messages that are on their way; of another one's it knows nothing."""
    accepted = Message.objects.filter(state=MessageState.ACCEPTED).values_list("reference", flat=True)
    return any(reference in accounts.current.accepted for reference in accepted)


def _decide(accounts: Accounts, done: Counter[str]) -> bool:
    """Do what a person does; tell whether there was anything.

    What was set aside after three deaths, or refused alone, is tried again: here it was never the message's fault. Of
    what may have been sent with another account the person looks into the books of both.
    """
    again = doors.retry(Message.objects.filter(error__in=(doors.POISON, doors.PACKAGE_CULPRIT)))
    # Looked for once: what comes into doubt a moment later has not been looked up in the books.
    asked = Message.objects.filter(state=MessageState.UNCONFIRMED, error=doors.OTHER_ACCOUNT)
    doubtful = dict(asked.values_list("pk", "reference"))
    known = [pk for pk, reference in doubtful.items() if reference in accounts.accepted]
    sent = doors.mark_sent(Message.objects.filter(pk__in=known))
    missing = doors.send_again(Message.objects.filter(pk__in=doubtful.keys() - known))
    done["decided as sent"] += len(sent)
    done["decided to be sent again"] += len(missing)
    return bool(again or sent or missing)
