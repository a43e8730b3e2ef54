"""A database restored from a backup: its messages were sent since, and are not sent again."""

import shutil
from pathlib import Path

import pytest

from tests.commands.test_viber_worker import CREATE, Site, rows, wait_for
from viber_messaging.sandbox import Sandbox

pytestmark = pytest.mark.processes


@pytest.fixture
def restored(tmp_path: Path, sandbox: Sandbox) -> Site:
    """A site put back to a moment at which two messages were accepted, three in a worker's hands, four queued."""
    file, backup = tmp_path / "site.sqlite3", tmp_path / "backup.sqlite3"
    site = Site(file, sandbox)
    site.run("migrate", "--verbosity", "0")
    site.python(CREATE.format(count=2, phone="+380971234567"))
    site.run("viber_worker", "--once")
    site.python(CREATE.format(count=3, phone="+380671234567"))
    sandbox.fail_next("silence", command="message-viber")
    process = site.start("viber_worker", "--once")
    wait_for(lambda: len(sandbox.accepted) == 5)
    process.kill()
    process.communicate()
    site.python(CREATE.format(count=4, phone="+380501234567"))
    _copy(file, backup)
    _work_until(site, 9)
    assert len(sandbox.accepted) == 9
    _copy(backup, file)
    return site


def _copy(source: Path, target: Path) -> None:
    for suffix in ("-wal", "-shm"):
        target.with_name(target.name + suffix).unlink(missing_ok=True)
    shutil.copy(source, target)
    wal = source.with_name(source.name + "-wal")
    if wal.exists():
        shutil.copy(wal, target.with_name(target.name + "-wal"))


def _work_until(site: Site, settled: int) -> str:
    output = ""

    def is_settled() -> bool:
        nonlocal output
        output += site.run("viber_worker", "--once")
        return sum(row[1] in ("accepted", "delivered", "failed") for row in rows(site)) == settled

    wait_for(is_settled)
    return output


def test_a_restored_database_sends_nothing_twice_and_learns_what_was_sent(restored: Site, sandbox: Sandbox):
    output = _work_until(restored, 9)
    for reference, state, msg_id, _ in rows(restored):
        assert state in ("accepted", "delivered")
        assert msg_id == str(sandbox.accepted[int(reference)].msg_id)
    assert {sandbox.times_accepted(reference) for reference in sandbox.accepted} == {1}
    assert "ERROR" not in output
    assert "need a person" not in output


START_CAMPAIGN = """
from viber_messaging.api import start_campaign
from viber_messaging.models import Campaign, Recipient, RecipientGroup
group = RecipientGroup.objects.create(name="All")
Recipient.objects.bulk_create(Recipient(phone=f"+38097{{number:07d}}") for number in range({count}))
group.recipients.set(Recipient.objects.all())
campaign = Campaign.objects.create(name="Spring", sender="SMSTest", text="Text")
campaign.groups.add(group)
assert start_campaign(campaign)
"""


def test_a_campaign_that_was_sent_after_the_backup_is_not_sent_again(tmp_path: Path, sandbox: Sandbox):
    file, backup = tmp_path / "site.sqlite3", tmp_path / "backup.sqlite3"
    site = Site(file, sandbox)
    site.run("migrate", "--verbosity", "0")
    site.python(START_CAMPAIGN.format(count=300))
    _copy(file, backup)
    _work_until(site, 300)
    assert len(sandbox.accepted) == 300
    _copy(backup, file)
    site.environment |= {"VIBER_REFERENCE_RANGE": "5,5000000"}
    _work_until(site, 300)
    assert len(sandbox.accepted) == 300
    assert {sandbox.times_accepted(reference) for reference in sandbox.accepted} == {1}
    after = rows(site)
    assert {int(row[0]) for row in after} == set(sandbox.accepted)
    assert {row[1] for row in after} <= {"accepted", "delivered"}


SEND_KEYED = """
from viber_messaging.api import send_message
send_message("+380971234567", "Order 42 is ready", key="order-42", sender="SMSTest")
"""


def test_a_key_that_was_used_after_the_backup_sends_nothing_again(tmp_path: Path, sandbox: Sandbox):
    file, backup = tmp_path / "site.sqlite3", tmp_path / "backup.sqlite3"
    site = Site(file, sandbox)
    site.run("migrate", "--verbosity", "0")
    site.python("from viber_messaging.models import Connection; Connection.objects.seed()")
    _copy(file, backup)
    site.python(SEND_KEYED)
    _work_until(site, 1)
    _copy(backup, file)
    site.environment |= {"VIBER_REFERENCE_RANGE": "5,5000000", "SECRET_KEY": "another"}
    site.python(SEND_KEYED)
    _work_until(site, 1)
    assert len(sandbox.accepted) == 1
    assert [row[1] for row in rows(site)] in (["accepted"], ["delivered"])
