"""What this app adds to the start of every process of a site, beside a site that only has import_export."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass

import pytest

pytestmark = pytest.mark.processes

CONTRIB = ["admin", "auth", "contenttypes", "sessions", "messages", "staticfiles"]
BARE = [*(f"django.contrib.{name}" for name in CONTRIB), "import_export"]

START = """
import json, resource, sys
import django
from django.conf import settings
settings.configure(
    INSTALLED_APPS=sys.argv[1:], SECRET_KEY="start", VIBER_MESSAGING={"API_KEY": "key"},
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
)
django.setup()
used = resource.getrusage(resource.RUSAGE_SELF)
seconds = used.ru_utime + used.ru_stime
print(json.dumps({"seconds": seconds, "memory": used.ru_maxrss, "modules": sorted(sys.modules)}))
"""

HEAVY = ["requests", "urllib3", "phonenumbers", "celery", "kombu", "django_tasks"]
"""What is imported on first use."""
NOT_OF_A_SITE = ["DJANGO_SETTINGS_MODULE", "PYTHONDONTWRITEBYTECODE"]
"""pip compiles what it installs: a site does not pay for that again at every start."""
TRIES = 5
MOST_SECONDS, MOST_MEMORY = 2.0, 1.25
"""Times the site without this app. Machines differ, and a busy one counts more seconds; the ratio stays."""


@dataclass(frozen=True, kw_only=True)
class Start:
    seconds: float
    memory: int
    modules: list[str]


def start(*apps: str) -> Start:
    environment = {name: value for name, value in os.environ.items() if name not in NOT_OF_A_SITE}
    command = [sys.executable, "-c", START, *apps]
    return Start(**json.loads(subprocess.run(command, env=environment, capture_output=True, check=True).stdout))


def test_nothing_heavy_is_imported_before_it_is_used():
    added = set(start(*BARE, "viber_messaging").modules) - set(start(*BARE).modules)
    assert {name for name in added if name in HEAVY} == set()


def test_this_app_takes_less_than_django_to_start():
    pairs = [(start(*BARE), start(*BARE, "viber_messaging")) for _ in range(TRIES)]
    bare, ours = (min(one.seconds for one in starts) for starts in zip(*pairs, strict=True))
    assert ours / bare < MOST_SECONDS, f"{ours:.3f} s instead of {bare:.3f} s"


def test_this_app_takes_a_quarter_of_the_memory_of_the_site_at_most():
    bare, ours = start(*BARE), start(*BARE, "viber_messaging")
    assert ours.memory / bare.memory < MOST_MEMORY, f"{ours.memory >> 10} MB instead of {bare.memory >> 10} MB"
