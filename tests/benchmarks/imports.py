"""Compare importing a spreadsheet with django-import-export's own admin: ``python -m tests.benchmarks.imports``.

Each round runs every way once, in a process and a database of its own; medians are told. Both are uploaded to the
page of an admin, previewed by it and confirmed; RecipientResource is given a dataset.
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

SIDES = ("ours", "resource", "theirs")
NAMES = {
    "ours": "our admin",
    "resource": "RecipientResource in import_data",
    "theirs": "django-import-export's own admin",
}
FILES = {"shared strings": "excel.xlsx", "inline strings": "people.xlsx", "csv": "people.csv"}
"""A workbook as Excel writes it, one as openpyxl does, and a text table."""
EMPTY = "empty.sqlite3"
GOAL = 20
"""Times as little CPU as django-import-export's own admin."""


def make_files(folder: Path, rows: int) -> None:
    """Write the same people as two workbooks and as a text table."""
    from openpyxl import Workbook

    from tests.spreadsheets.excel import excel_workbook

    people = [("phone", "name", "city")] + [(f"+38097{n:07}", f"Олена Коваль {n}", "Київ") for n in range(rows)]
    book = Workbook()
    for person in people:
        book.active.append(person)
    book.save(folder / "people.xlsx")
    (folder / "excel.xlsx").write_bytes(excel_workbook(people).getvalue())
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


def import_by_resource(path: Path) -> None:
    """Import as a site does that uses django-import-export by itself, without a preview."""
    from import_export.formats.base_formats import CSV, XLSX

    from viber_messaging.resources import RecipientResource

    content = path.read_bytes()
    dataset = XLSX().create_dataset(content) if path.suffix == ".xlsx" else CSV().create_dataset(content.decode())
    result = RecipientResource().import_data(dataset)
    assert not result.has_errors(), result.base_errors


def hidden_fields(page: str) -> dict[str, str]:
    """Return the hidden fields of a page's form."""
    found = {}
    for tag in re.findall(r"<input[^>]*hidden[^>]*>", page):
        names = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        found[names["name"]] = names.get("value", "")
    return found


def measure(side: str, path: Path) -> dict[str, float]:
    """Import ``path`` once; return seconds, seconds of CPU, and MB of memory over what Django takes by itself."""
    from viber_messaging.models import Recipient

    runs: dict[str, Callable[[Path], None]] = {
        "ours": import_ours,
        "resource": import_by_resource,
        "theirs": import_theirs,
    }
    before = reset_peak_mb()
    started, cpu = time.perf_counter(), time.process_time()
    runs[side](path)
    seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
    with path.with_name("people.csv").open() as file:
        assert Recipient.objects.count() == sum(1 for _line in file) - 1
    return {"seconds": seconds, "cpu": cpu, "mb": peak_mb() - before}


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
    results: dict[tuple[str, str], list[Any]] = {(side, form): [] for side in SIDES for form in FILES}
    with tempfile.TemporaryDirectory() as folder:
        make_files(Path(folder), rows)
        run_apart("--database", str(Path(folder) / EMPTY))
        for _round in range(rounds):
            for side, form in results:
                results[side, form].append(measure_apart(side, Path(folder) / FILES[form]))
    print(f"{rows} rows, medians of {rounds} rounds")
    for form in FILES:
        print(form)
        cpu = {side: median(results[side, form], "cpu") for side in SIDES}
        for side in SIDES:
            seconds, mb = median(results[side, form], "seconds"), median(results[side, form], "mb")
            times = f"{cpu['theirs'] / cpu[side]:5.1f} times as little"
            print(f"  {NAMES[side]:34} {cpu[side]:6.2f} s of CPU, {times}, {seconds:6.2f} s, +{mb:.0f} MB")
    print(f"goal of our admin: {GOAL} times as little CPU")


def median(results: list[Any], name: str) -> float:
    """Return the median of one figure."""
    return statistics.median(result[name] for result in results)


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
