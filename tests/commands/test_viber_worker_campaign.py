"""A campaign made by real workers: killed half-way, and several at once."""

import sqlite3
from pathlib import Path

import pytest

from tests.commands.test_viber_worker import Site, wait_for
from tests.processes import HANG_SECONDS
from viber_messaging.sandbox import Sandbox

COUNT = 5000
CREATE = f"""
from viber_messaging.api import start_campaign
from viber_messaging.models import Campaign, Recipient, RecipientGroup
Recipient.objects.bulk_create([Recipient(phone=f"+38097{{n:07d}}", name=f"N{{n}}") for n in range({COUNT})])
groups = [RecipientGroup.objects.create(name=name) for name in ("A", "B", "C")]
for group in groups:
    group.recipients.set(Recipient.objects.all())
campaign = Campaign.objects.create(name="Spring", sender="SMSTest", text="Hello, {{name}}")
campaign.groups.set(groups)
print(start_campaign(campaign))
"""
SPELT_ANEW = """
from viber_messaging.models import Recipient
for spelling in ("097 000-00-01", "380970000002", "8 097 000 00 03"):
    try:
        Recipient.objects.create(phone=spelling)
    except Exception as error:
        print(type(error).__name__)
"""


@pytest.fixture
def database_file(tmp_path: Path) -> Path:
    return tmp_path / "site.sqlite3"


@pytest.fixture
def site(database_file: Path, sandbox: Sandbox) -> Site:
    site = Site(database_file, sandbox)
    site.run("migrate", "--verbosity", "0")
    assert site.python(CREATE).strip().endswith("True")
    assert site.python(SPELT_ANEW).count("IntegrityError") == 3
    return site


def ask(file: Path, question: str) -> list[tuple[object, ...]]:
    database = sqlite3.connect(file, timeout=HANG_SECONDS)
    try:
        return database.execute(question).fetchall()
    finally:
        database.close()


def count(file: Path) -> int:
    ((found,),) = ask(file, "SELECT COUNT(*) FROM viber_messaging_message")
    return int(str(found))


@pytest.mark.processes
def test_workers_killed_half_way_and_two_at_once_make_one_message_a_phone(
    site: Site, sandbox: Sandbox, database_file: Path
):
    for at_least in (1, 1001, 3001):
        process = site.start("viber_worker")
        wait_for(lambda least=at_least: count(database_file) >= least)
        process.kill()
        process.communicate()
    assert 3001 <= count(database_file) <= COUNT
    workers = [site.start("viber_worker", "--interval", "0.2") for _ in range(2)]
    finished = "SELECT state FROM viber_messaging_campaign"
    wait_for(lambda: ask(database_file, finished) == [("finished",)])
    for worker in workers:
        worker.terminate()
        output, _ = worker.communicate(timeout=HANG_SECONDS)
        assert worker.returncode == 0, output
        assert "locked" not in output
    phones = (
        "SELECT COUNT(*), COUNT(DISTINCT phone), SUM(state IN ('accepted', 'delivered')) FROM viber_messaging_message"
    )
    assert ask(database_file, phones) == [(COUNT, COUNT, COUNT)]
    assert len(sandbox.accepted) == len({message.phone for message in sandbox.accepted.values()}) == COUNT
