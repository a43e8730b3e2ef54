"""Compare importing a spreadsheet with django-import-export's own admin: ``python -m tests.benchmarks.imports``.

Each round runs every way once, in a process and a database of its own; medians are told. Both are uploaded to the
page of an admin, previewed by it and confirmed.
"""

import argparse
import csv
import io
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.benchmarks.memory import peak_mb, reset_peak_mb

SIDES = ("ours", "theirs")
FORMATS = ("xlsx", "csv")
EMPTY = "empty.sqlite3"
GOALS = {"xlsx": 10, "csv": 20}


def make_files(folder: Path, rows: int) -> None:
    """Write the same people as a workbook and as a text table."""
    from openpyxl import Workbook

    people = [("phone", "name", "city")] + [(f"+38097{n:07}", f"Олена Коваль {n}", "Київ") for n in range(rows)]
    book = Workbook()
    for person in people:
        book.active.append(person)
    book.save(folder / "people.xlsx")
    with (folder / "people.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(people)


def set_up(database: Path, side: str = "") -> None:
    """Start Django on ``database``."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    os.environ["DATABASE_URL"] = f"sqlite:///{database}"
    import django
    from django.conf import settings

    if side == "theirs":
        settings.ROOT_URLCONF = "tests.benchmarks.theirs"
    django.setup()


def import_ours(path: Path) -> None:
    """Import through our admin: upload, preview, confirm."""
    client = staff()
    upload = io.BytesIO(path.read_bytes())
    upload.name = path.name
    preview = client.post("/admin/viber_messaging/recipient/import/", {"file": upload}).url
    assert client.get(preview).status_code == 200
    confirmed = client.post(preview, {"_import": "1"})
    assert confirmed.status_code == 302, confirmed.content[:2000]


def staff() -> Any:
    """Return the browser of a superuser."""
    from django.contrib.auth import get_user_model
    from django.test import Client

    client = Client(HTTP_HOST="testserver")
    client.force_login(get_user_model().objects.create_superuser("admin"))
    return client


def import_theirs(path: Path) -> None:
    """Import through django-import-export's admin: upload, preview, confirm."""
    from import_export.formats.base_formats import DEFAULT_FORMATS

    client = staff()
    endings = [form().get_extension() for form in DEFAULT_FORMATS if form.is_available() and form().can_import()]
    address = "/admin/viber_messaging/recipient/"
    upload = io.BytesIO(path.read_bytes())
    upload.name = path.name
    page = client.post(f"{address}import/", {"import_file": upload, "format": endings.index(path.suffix[1:])})
    confirmed = client.post(f"{address}process_import/", hidden_fields(page.content.decode()))
    assert confirmed.status_code == 302, confirmed.content[:2000]


def hidden_fields(page: str) -> dict[str, str]:
    """Return the hidden fields of a page's form."""
    found = {}
    for tag in re.findall(r"<input[^>]*hidden[^>]*>", page):
        names = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        found[names["name"]] = names.get("value", "")
    return found


def measure(side: str, path: Path) -> dict[str, float]:
    """Import ``path`` once; return seconds, and MB of memory over what Django takes by itself."""
    from viber_messaging.models import Recipient

    run: Callable[[Path], None] = {"ours": import_ours, "theirs": import_theirs}[side]
    before = reset_peak_mb()
    started = time.perf_counter()
    run(path)
    seconds = time.perf_counter() - started
    with path.with_suffix(".csv").open() as file:
        assert Recipient.objects.count() == sum(1 for _line in file) - 1
    return {"seconds": seconds, "mb": peak_mb() - before}


def measure_apart(side: str, path: Path) -> Any:
    """Import in a process and a database of its own."""
    database = path.with_name("db.sqlite3")
    shutil.copy(path.with_name(EMPTY), database)
    return json.loads(run_apart("--side", side, "--file", str(path), "--database", str(database)))


def run_apart(*arguments: str) -> str:
    """Run this module in another process; return what it printed."""
    command = [sys.executable, "-m", __spec__.name, *arguments]  # type: ignore[name-defined]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def prepare(database: Path) -> None:
    """Make an empty database, in a process of its own: what migrating takes would hide what importing takes."""
    from django.core.management import call_command

    set_up(database)
    call_command("migrate", verbosity=0)


def compare(rows: int, rounds: int) -> None:
    """Run all ways in turn and print the medians."""
    results: dict[tuple[str, str], list[Any]] = {(side, form): [] for side in SIDES for form in FORMATS}
    with tempfile.TemporaryDirectory() as folder:
        make_files(Path(folder), rows)
        run_apart("--database", str(Path(folder) / EMPTY))
        for _round in range(rounds):
            for side, form in results:
                results[side, form].append(measure_apart(side, Path(folder) / f"people.{form}"))
    print(f"{rows} rows, medians of {rounds} rounds")
    for form in FORMATS:
        (ours, ours_mb), (theirs, theirs_mb) = (medians(results[side, form]) for side in SIDES)
        print(
            f"{form:5} ours {ours:6.2f} s +{ours_mb:.0f} MB   django-import-export {theirs:6.2f} s +{theirs_mb:.0f} MB"
        )
        print(f"      {theirs / ours:.1f} times as fast (goal {GOALS[form]})")


def medians(results: list[Any]) -> tuple[float, float]:
    """Return the medians of seconds and MB."""
    return statistics.median(r["seconds"] for r in results), statistics.median(r["mb"] for r in results)


def main() -> None:
    """Run the comparison, or one side of it."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rows", type=int, default=50_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--side", choices=SIDES, help=argparse.SUPPRESS)
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--database", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.side:
        set_up(options.database, options.side)
        print(json.dumps(measure(options.side, options.file)))
    elif options.database:
        prepare(options.database)
    else:
        compare(options.rows, options.rounds)


if __name__ == "__main__":
    main()
