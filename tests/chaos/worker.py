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
    from viber_messaging.delivery.campaign import audience, expansion, lifecycle
    from viber_messaging.delivery.queue import candidates, claims, moves
    from viber_messaging.delivery.send import results
    from viber_messaging.delivery.status import recovery
    from viber_messaging.gateway.client import Client

    claims.claim = dying_after(claims.claim, POINTS[0])
    Client.send = dying_after(Client.send, POINTS[1])
    results._move = dying_after(results._move, POINTS[2])
    results.record = dying_after(results.record, POINTS[3])
    recovery._release_batch = dying_after(recovery._release_batch, POINTS[4])
    expansion.BATCH_SIZE = EXPANSION_BATCH_SIZE
    expansion._begin = dying_after(expansion._begin, POINTS[5])
    moves.insert_queued = dying_after(moves.insert_queued, POINTS[6])
    expansion._save = dying_after(expansion._save, POINTS[7])
    lifecycle._finish = dying_after(lifecycle._finish, POINTS[8])
    candidates.find = dawdling_after(candidates.find)
    audience.last_key = dawdling_after(audience.last_key)
    audience.keys_after = dawdling_after(audience.keys_after)


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
