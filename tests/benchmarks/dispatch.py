"""Compare sending with the floor and with peers: ``python -m tests.benchmarks.dispatch``.

Each round runs every contender once, each in a process of its own on a freshly filled queue; medians are told, with
the least and the most. The gateway is a stand-in that costs about a microsecond a message.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from tests.benchmarks import gateway
from tests.benchmarks.contenders import CONTENDERS

GOALS: dict[tuple[str, str], Any] = {
    ("ours", "floor"): 0.4,
    ("ours", "bare loop"): 0.5,
    ("ours", "post_office, nothing"): {"sqlite": 5, "postgres": 4},
    ("ours", "post_office, POST"): {"sqlite": 25, "postgres": 15},
    ("ours, late", "ours"): 0.6,
}
PEERS = ("post_office, nothing", "post_office, POST")
EDGE = 100_000
"""So many messages at the beginning and at the end of a long queue are compared."""


@contextmanager
def prepared(options: argparse.Namespace) -> Iterator[str]:
    """Prepare the database of the options, or one in a file where they name none; yield the gateway's address."""
    with tempfile.TemporaryDirectory() as folder:
        options.database = options.database or f"sqlite:///{Path(folder) / 'bench.sqlite3'}"
        prepare(options.database)
        with gateway.running() as address:
            yield address


def prepare(url: str) -> None:
    """Set Django up with an empty database of this URL; a server's is made anew."""
    os.environ |= {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "tests.benchmarks.settings"}
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    if connection.vendor != "sqlite":
        name = connection.settings_dict["NAME"]
        with connection._nodb_cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {name}")
            cursor.execute(f"CREATE DATABASE {name} {connection.creation.sql_table_creation_suffix()}")
    call_command("migrate", verbosity=0)


def measure(name: str, address: str, options: argparse.Namespace) -> dict[str, float]:
    """Fill the queue and let one contender send it."""
    from django.db import connection

    from tests.benchmarks import queues

    fill = queues.fill_emails if name in PEERS else queues.fill_messages
    fill(options.peer_messages if name in PEERS else options.messages)
    connection.close()
    gateway.arrived(address)
    count = options.peer_messages if name in PEERS else options.messages
    figures = run_apart(name, address, count, options)
    figures["rate"] = count / figures["seconds"]
    figures["cpu"] *= 1e6 / count
    arrived = gateway.arrived(address)
    if name not in ("post_office, nothing", "bare loop"):
        assert sum(number for _moment, number in arrived) == count, f"{name} did not send all"
    figures["flat"] = flatness(arrived)
    connection.close()
    return figures


def run_apart(name: str, address: str, count: int, options: argparse.Namespace) -> Any:
    """Run a contender in a process of its own."""
    is_late = name == "ours, late"
    url = f"{address}/late/{options.late_ms}" if is_late else f"{address}/"
    environment = os.environ | {
        "VIBER_API_URL": url,
        "VIBER_PACKAGE_SIZE": str(options.package),
        "BENCH_GATEWAY": url,
        "BENCH_BACKEND": f"tests.benchmarks.peers.{'Posting' if name == PEERS[1] else 'Nothing'}",
    }
    if is_late:
        environment["VIBER_CONCURRENCY"] = str(options.concurrency)
    command = [sys.executable, "-m", "tests.benchmarks.contenders", name, "--gateway", url]
    command += ["--messages", str(count), "--package", str(options.package)]
    done = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def flatness(arrived: list[tuple[float, int]]) -> float:
    """Return how fast the last messages went beside the first: 1.0 where a long queue slows nothing down."""
    edge = min(EDGE, sum(number for _moment, number in arrived) // 3)
    return pace(arrived, edge) and pace(arrived[::-1], edge) / pace(arrived, edge)


def pace(arrived: list[tuple[float, int]], edge: int) -> float:
    """Return the messages a second of the first ``edge`` of them."""
    sent = 0
    for moment, number in arrived:
        sent += number
        if sent >= edge:
            return sent / max(abs(moment - arrived[0][0]), 1e-9)
    return 0.0


def compare(options: argparse.Namespace, address: str) -> dict[str, list[dict[str, float]]]:
    """Run all contenders in turn."""
    names = options.only or [name for name in CONTENDERS if name not in PEERS or find_spec("post_office")]
    names = [name for name in names if name != "ours, late" or options.late_ms]
    results: dict[str, list[dict[str, float]]] = {name: [] for name in names}
    for _round in range(options.rounds):
        for name, found in results.items():
            found.append(measure(name, address, options))
    return results


def tell(results: dict[str, list[dict[str, float]]], options: argparse.Namespace) -> None:
    """Print a table of medians, with the least and the most, and the ratios."""
    print(
        f"{options.database.partition(':')[0]}: {options.messages} messages ({options.peer_messages} of post_office), "
        f"{options.package} a package, {options.rounds} rounds; "
        f"Python {platform.python_version()}, {os.cpu_count()} cores"
    )
    print(f"{'':22} {'messages/s':>10} {'least':>8} {'most':>8} {'CPU µs':>8} {'+MB':>6} {'last/first':>10}")
    for name, found in results.items():
        rates = [figures["rate"] for figures in found]
        print(
            f"{name:22} {statistics.median(rates):10.0f} {min(rates):8.0f} {max(rates):8.0f} "
            f"{median(found, 'cpu'):8.1f} {median(found, 'mb'):6.1f} {median(found, 'flat'):10.2f}"
        )
    for (one, other), goal in GOALS.items():
        if one in results and other in results:
            ratio = median(results[one], "rate") / median(results[other], "rate")
            cpu = median(results[other], "cpu") / median(results[one], "cpu")
            goal = goal.get(options.database.partition(":")[0], "none") if isinstance(goal, dict) else goal
            print(f"{one} against {other}: {ratio:.2f} (goal {goal}); by CPU {cpu:.2f}")


def median(found: list[dict[str, float]], figure: str) -> float:
    """Return the median of a figure over the rounds."""
    return statistics.median(figures[figure] for figures in found)


def main() -> None:
    """Run the comparison."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.dispatch", description=__doc__)
    parser.add_argument("--database", default="", help="URL; one at a server is made anew (default: an SQLite file)")
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--peer-messages", type=int, default=2_000, help="for post_office, which is slow")
    parser.add_argument("--package", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", action="append", choices=CONTENDERS, help="this contender; may be repeated")
    parser.add_argument("--late-ms", type=int, default=0, help="add a run with a gateway that answers so late")
    parser.add_argument("--concurrency", type=int, default=16, help="POSTs in flight in that run")
    options = parser.parse_args()
    with prepared(options) as address:
        tell(compare(options, address), options)


if __name__ == "__main__":
    main()
