"""A worker that may die at a named point, as if the machine had been switched off there."""

import os
import random
import sys
import time
from collections.abc import Callable
from typing import Any

POINTS = (
    "after the claim", "after the answer", "amid the record", "after the record", "after the release of the dead",
    "after the expansion's begin", "amid a batch of the expansion", "after a batch of the expansion",
    "after the campaign's end",
)  # fmt: skip
DEADLY = (
    "the claim", "the request to send", "the record's move", "the record", "a batch of the release of the dead",
    "the beginning of an expansion", "the queueing of a campaign's batch", "the saving of an expansion",
    "the end of a campaign",
)  # fmt: skip
"""After which of the moments each of the points comes."""
SLOW = ("the look for due messages", "the last of an audience", "the keys of an audience")

DAWDLE_CHANCE = 0.2
DAWDLE_SECONDS = 0.1

EXPANSION_BATCH_SIZE = 20
"""Recipients: a small campaign has many places to be killed at."""


def main() -> None:
    """Run viber_worker with crash points planted; the chance of each is the setting CRASH_CHANCE."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.chaos.settings")
    import django

    django.setup()
    plant()
    from django.core.management import call_command

    call_command("viber_worker", interval=0.1)


def plant() -> None:
    """Wrap the steps of a delivery so that the process may end right after each."""
    from tests import moments

    for moment, point in zip(DEADLY, POINTS, strict=True):
        moments.plant(moment, dying_after(moments.original(moment), point))
    for moment in SLOW:
        moments.plant(moment, dawdling_after(moments.original(moment)))
    moments.plant("recipients in a batch", EXPANSION_BATCH_SIZE)


def dying_after(function: Callable[..., Any], point: str, *, times: int = 1) -> Callable[..., Any]:
    """Return ``function`` with a chance, so many times the usual, to end the process once it has done its work."""
    from django.conf import settings

    chance = settings.CRASH_CHANCE * times

    def mortal(*args: Any, **kwargs: Any) -> Any:
        result = function(*args, **kwargs)
        if random.random() < chance:
            sys.stderr.write(f"chaos: died {point}\n")
            sys.stderr.flush()
            os._exit(137)
        return result

    return mortal


def dawdling_after(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return ``function`` with a chance to wait once it has looked: what it saw may be over by then."""

    def slow(*args: Any, **kwargs: Any) -> Any:
        result = function(*args, **kwargs)
        if random.random() < DAWDLE_CHANCE:
            time.sleep(random.uniform(0, DAWDLE_SECONDS))
        return result

    return slow


if __name__ == "__main__":
    main()
