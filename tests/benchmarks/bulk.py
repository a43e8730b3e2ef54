"""Compare queueing, expansion, polling and pruning with their floors: ``python -m tests.benchmarks.bulk``.

Each round does every job twice, by us and by the driver alone, each in a process of its own on freshly filled tables;
medians are told, with the least and the most. Then each of our jobs is done once on few messages: its memory must be
the same.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
from typing import Any

from tests.benchmarks.bulk_jobs import OURS, WHO
from tests.benchmarks.dispatch import median, prepared

GOALS = {"queueing": 0.3, "expansion": 0.3, "polling": 0.4, "polling, delivered": 0.4, "pruning": 0.6}
FEW = 10_000

Figures = dict[str, float]


def measure(job: str, who: str, count: int, address: str, options: argparse.Namespace) -> Figures:
    """Fill the tables and let one of them do a job."""
    from django.db import connection

    from tests.benchmarks import bulk_tables

    bulk_tables.fill(job, count)
    connection.close()
    figures = run_apart(job, who, count, f"{address}/{job.partition(', ')[2]}", options)
    figures["rate"] = count / figures["seconds"]
    figures["cpu"] *= 1e6 / count
    return figures


def run_apart(job: str, who: str, count: int, url: str, options: argparse.Namespace) -> Any:
    """Do a job in a process of its own."""
    environment = os.environ | {"VIBER_API_URL": url, "VIBER_PACKAGE_SIZE": str(options.package)}
    command = [sys.executable, "-m", "tests.benchmarks.bulk_jobs", job, who, "--gateway", url]
    command += ["--messages", str(count), "--package", str(options.package)]
    if options.profile and who == "ours":
        command += ["--profile", options.profile]
    done = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def compare(options: argparse.Namespace, address: str) -> dict[str, dict[str, list[Figures]]]:
    """Do all jobs in turn."""
    jobs = options.only or [*OURS]
    results: dict[str, dict[str, list[Figures]]] = {job: {who: [] for who in WHO} for job in jobs}
    for _round in range(options.rounds):
        for job, found in results.items():
            for who in WHO:
                found[who].append(measure(job, who, options.messages, address, options))
    return results


def tell(results: dict[str, dict[str, list[Figures]]], options: argparse.Namespace) -> None:
    """Print a table of medians, with the least and the most, and the ratios."""
    print(
        f"{options.database.partition(':')[0]}: {options.messages} messages, {options.package} a package, "
        f"{options.rounds} rounds; Python {platform.python_version()}, {os.cpu_count()} cores"
    )
    print(f"{'':26} {'messages/s':>10} {'least':>8} {'most':>8} {'CPU µs':>8} {'+MB':>6} {'last/first':>10}")
    for job, found in results.items():
        for who in WHO:
            rates = [figures["rate"] for figures in found[who]]
            print(
                f"{job + ', ' + who:26} {median(found[who], 'rate'):10.0f} {min(rates):8.0f} {max(rates):8.0f} "
                f"{median(found[who], 'cpu'):8.1f} {median(found[who], 'mb'):6.1f} {median(found[who], 'flat'):10.2f}"
            )
        ratio = median(found["ours"], "rate") / median(found["floor"], "rate")
        by_cpu = median(found["floor"], "cpu") / median(found["ours"], "cpu")
        print(f"{job} against its floor: {ratio:.2f} (goal {GOALS[job]}); by CPU {by_cpu:.2f}")


def tell_memory(results: dict[str, dict[str, list[Figures]]], address: str, options: argparse.Namespace) -> None:
    """Print how much more memory many messages take than few."""
    for job, found in results.items():
        few = measure(job, "ours", FEW, address, options)["mb"]
        print(f"{job}: {few:.1f} MB for {FEW} messages, {median(found['ours'], 'mb'):.1f} for {options.messages}")


def main() -> None:
    """Run the comparison."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.bulk", description=__doc__)
    parser.add_argument("--database", default="", help="URL; one at a server is made anew (default: an SQLite file)")
    parser.add_argument("--messages", type=int, default=30_000)
    parser.add_argument("--package", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", action="append", choices=OURS, help="this job; may be repeated")
    parser.add_argument("--profile", default="", help="write cProfile's figures of our last run to this file")
    options = parser.parse_args()
    with prepared(options) as address:
        results = compare(options, address)
        tell(results, options)
        if options.messages > FEW:
            tell_memory(results, address, options)


if __name__ == "__main__":
    main()
