"""What befalls the whole site once its workers are dead: the database goes back in time, the account changes."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tests.chaos.accounts import Accounts
from tests.chaos.backups import Backup
from tests.chaos.crowd import Crowd
from tests.chaos.nemesis import Workers
from viber_messaging.sandbox.wire.parser import SEND

DOUBTS = ("silence", "dropped") * 3
DOUBT_SECONDS = 0.7
"""Less than a worker waits for an answer."""
LAST_SHARE = 0.8
"""The last upset comes when so much has arrived: all that is left to do is done after it."""
FORGOTTEN_SHARE = 0.5
"""Of the time between two restores, what the second one takes back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upset:
    """One such event, due when so many messages have arrived."""

    arrived: float
    name: str
    do: Callable[[], None]
    prepare: Callable[[], None] = lambda: None
    """Called while everybody still works."""


def restores(count: int, messages: int, backup: Backup, crowd: Crowd) -> Sequence[Upset]:
    """Return the copies to take, and to put back later."""
    every = messages * LAST_SHARE / count if count else 0
    found = []
    for number in range(1, count + 1):
        found.append(Upset(arrived=every * (number - FORGOTTEN_SHARE), name="copies", do=backup.take))
        found.append(Upset(arrived=every * number, name="restores", do=lambda: _put_back(backup, crowd)))
    return found


def _put_back(backup: Backup, crowd: Crowd) -> None:
    backup.put_back()
    crowd.order_again()


def account_changes(count: int, messages: int, accounts: Accounts, workers: Workers) -> Sequence[Upset]:
    """Return the changes of the account, each to the next one."""

    def change() -> None:
        accounts.change()
        workers.tell(VIBER_API_URL=accounts.url, VIBER_API_KEY=accounts.key)

    def doubt() -> None:
        """Leave messages in doubt: some that the account has, some that never arrived."""
        for fault in DOUBTS:
            accounts.fail_next(fault, command=SEND)
        time.sleep(DOUBT_SECONDS)

    every = messages * LAST_SHARE / count if count else 0
    return [
        Upset(arrived=every * number, name="account changes", do=change, prepare=doubt)
        for number in range(1, count + 1)
    ]
