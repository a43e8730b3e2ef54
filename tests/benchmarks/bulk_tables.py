"""Filling the tables that the work in bulk is done on, by the database itself."""

from django.db import connection

from tests.benchmarks import queues
from tests.benchmarks.contenders import TEXT

RECIPIENTS = "viber_messaging_recipient"
GROUPS = "viber_messaging_recipientgroup"
MEMBERS = "viber_messaging_recipient_groups"
CAMPAIGNS = "viber_messaging_campaign"
CAMPAIGN_GROUPS = "viber_messaging_campaign_groups"

LONG_AGO = "'2026-01-01 00:00:00'"
REFERENCES_FROM = 10_000_000_000_000
NUMBER = {"mysql": f"CONCAT('7', {REFERENCES_FROM} + n)"}
NUMBER_ELSEWHERE = f"'7' || ({REFERENCES_FROM} + n)"


def fill(job: str, count: int) -> None:
    """Make all that a job works on, and nothing else."""
    queues.empty(queues.ATTEMPTS, queues.MESSAGES, CAMPAIGN_GROUPS, CAMPAIGNS, MEMBERS, RECIPIENTS, GROUPS)
    if job == "expansion":
        fill_campaign(count)
    elif job.startswith("polling"):
        fill_messages(count, state="accepted", status_code=101, accepted_at="CURRENT_TIMESTAMP")
    elif job == "pruning":
        fill_messages(count, state="delivered", status_code=102, accepted_at=LONG_AGO, completed_at=LONG_AGO)
        fill_attempts(count)


def fill_campaign(count: int) -> None:
    """Start a campaign to ``count`` people of one group."""
    from viber_messaging.models import Campaign, RecipientGroup

    queues.insert(RECIPIENTS, "id, phone, name, attributes", f"n, {queues.phone()}, 'Олена', '{{}}'", count)
    group = RecipientGroup.objects.create(name="All")
    queues.insert(MEMBERS, "recipient_id, recipientgroup_id", f"n, {group.pk}", count)
    content = {"name": "Spring", "sender": "SMSTest", "text": "{name}! " + TEXT}
    campaign = Campaign.objects.create(**content, state="running", start_at="2026-01-01T00:00:00+00:00")
    campaign.groups.add(group)


def fill_messages(count: int, *, state: str, status_code: int, **moments: str) -> None:
    """Make ``count`` messages that the gateway took."""
    values = {
        "id": "n", "sender": "'SMSTest'", "type": "'text'", "text": f"'{TEXT}'", "button": "''", "url": "''",
        "image": "''", "phone": queues.phone(), "reference": f"{REFERENCES_FROM} + n", "state": f"'{state}'",
        "attempt_count": "1", "worker_deaths": "0", "created_at": LONG_AGO, "queued_at": LONG_AGO, "error": "''",
        "msg_id": NUMBER.get(connection.vendor, NUMBER_ELSEWHERE),
        "status_code": str(status_code),
    } | moments  # fmt: skip
    values |= queues.defaults_besides(", ".join(values))
    queues.insert(queues.MESSAGES, ", ".join(values), ", ".join(values.values()), count)


def fill_attempts(count: int) -> None:
    """Make one attempt a message."""
    columns = "message_id, number, started_at, finished_at, outcome, http_status, status_code, msg_id, error, reply"
    values = f"n, 1, {LONG_AGO}, {LONG_AGO}, 'accepted', 200, 1, '', '', ''"
    queues.insert(queues.ATTEMPTS, columns, values, count)
