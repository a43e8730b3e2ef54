"""Compare one message sent inside a request with a view written by hand: ``python -m tests.benchmarks.inline``.

Each round runs every view of ``tests.benchmarks.views`` once, each in a process of its own and on empty tables. Medians
of the process's CPU a message are told, with the least and the most, and two ratios: of all CPU, and of what is left of
it beside the POST and the INSERT. Ours includes the look every ten seconds after what else is due.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
from typing import Any

from tests.benchmarks import gateway
from tests.benchmarks.dispatch import median, prepared
from tests.benchmarks.views import VIEWS

GOAL = 1.5
RIVALS = {"by hand": "POST and INSERT", "by hand, session": "POST and INSERT, session"}
"""Each with what it cannot do without."""


def measure(name: str, address: str, messages: int) -> Any:
    """Let one view send so many messages, beginning with empty tables."""
    from django.db import connection

    from tests.benchmarks import queues

    queues.fill_messages(0)
    connection.close()
    gateway.arrived(address)
    command = [sys.executable, "-m", "tests.benchmarks.views", name, "--messages", str(messages)]
    environment = os.environ | {"VIBER_API_URL": f"{address}/", "VIBER_DISPATCH": "inline"}
    done = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    assert sum(count for _moment, count in gateway.arrived(address)) >= messages, f"{name} did not send all"
    return json.loads(done.stdout.splitlines()[-1])


def tell(results: dict[str, list[dict[str, float]]], options: argparse.Namespace) -> None:
    """Print a table of medians, with the least and the most, and the ratios."""
    print(
        f"{options.database.partition(':')[0]}: {options.messages} messages, {options.rounds} rounds; "
        f"Python {platform.python_version()}, {os.cpu_count()} cores"
    )
    print(f"{'':26} {'CPU µs':>8} {'least':>8} {'most':>8} {'wall µs':>8} {'statements':>10}")
    for name, found in results.items():
        spent = [figures["cpu"] for figures in found]
        print(
            f"{name:26} {statistics.median(spent):8.0f} {min(spent):8.0f} {max(spent):8.0f} "
            f"{median(found, 'wall'):8.0f} {median(found, 'statements'):10.1f}"
        )
    for rival, least in RIVALS.items():
        ours, theirs, both = (median(results[name], "cpu") for name in ("ours", rival, least))
        print(
            f"ours against {rival}: {ours / theirs:.2f} of its CPU; beside the POST and the INSERT "
            f"{(ours - both) / (theirs - both):.2f} (goal {GOAL})"
        )


def main() -> None:
    """Run the comparison."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.inline", description=__doc__)
    parser.add_argument("--database", default="", help="URL; one at a server is made anew (default: an SQLite file)")
    parser.add_argument("--messages", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with prepared(options) as address:
        results: dict[str, list[dict[str, float]]] = {name: [] for name in VIEWS}
        for _round in range(options.rounds):
            for name, found in results.items():
                found.append(measure(name, address, options.messages))
        tell(results, options)


if __name__ == "__main__":
    main()
