"""How the database finds its way where a campaign is large and much is deleted: by keys, without sorting."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from tests import copied_rows, doors
from tests.delivery.conftest import MakeCampaign
from tests.delivery.storage.test_plans import EXPLAIN, statistics
from tests.moments import Moments
from viber_messaging.delivery.campaign import audience, lifecycle
from viber_messaging.delivery.campaign.failure_limit import Judge
from viber_messaging.delivery.report import Report
from viber_messaging.models import Campaign, Message, Recipient, RecipientGroup, SendAttempt

Crowd = Callable[..., RecipientGroup]
SORTS = ("TEMP B-TREE", "Sort", "filesort", "temporary")
WALKS = ("SCAN viber_messaging", "Seq Scan", " ALL ")

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _worker_sends(configure: Callable[..., None]) -> None:
    configure(DISPATCH="worker")


@contextmanager
def plans(*tables: str) -> Iterator[list[str]]:
    """Note the plan of each statement that is about one of these tables first of all."""
    found: list[str] = []

    def explain(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        words = sql.replace('"', " ").replace("`", " ").replace(".", " ").split()
        if words[0] in ("SELECT", "DELETE") and next(word for word in words if "viber_messaging_" in word) in tables:
            with connection.cursor() as cursor:
                cursor.execute(EXPLAIN[connection.vendor] + sql, params)
                found.append("\n".join(" ".join(map(str, row)) for row in cursor.fetchall()))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(explain):
        yield found


def test_what_is_to_be_deleted_is_found_in_the_order_of_keys(moments: Moments):
    moments.set("messages in a batch of pruning", 5)
    now = timezone.now()
    content = {"sender": "SMSTest", "phone": "+380971234567", "text": "Text " * 50, "state": "read"}
    ends = [now - timedelta(days=40 if n < 10 else 1) for n in range(3000)]
    copied_rows.copy(Message.objects.create(**content, completed_at=ends[0]), len(ends), completed_at=ends)
    times = {"started_at": now, "finished_at": now, "outcome": "accepted", "number": 1}
    keys = list(Message.objects.order_by("pk").values_list("pk", flat=True))
    copied_rows.copy(SendAttempt.objects.create(message_id=keys[0], **times), len(keys), message_id=keys)
    with statistics(), plans("viber_messaging_message", "viber_messaging_sendattempt") as found:
        assert doors.prune(now - timedelta(days=30)) == 10
    assert len(found) >= 3
    assert not [plan for plan in found if any(word in plan for word in SORTS)]
    assert not [plan for plan in found[1:] if any(word in plan for word in WALKS)]


def test_a_running_campaign_is_looked_after_by_its_newest_messages(make_campaign: MakeCampaign):
    campaign = make_campaign(expanded_at=timezone.now())
    Campaign.objects.update(expanded_at=timezone.now())
    content = {"sender": "SMSTest", "text": "Text " * 50, "campaign": campaign}
    phones = [f"+38097{number:07d}" for number in range(3000)]
    copied_rows.copy(Message.objects.create(**content, phone=phones[0], state="accepted"), 3000, phone=phones)
    Message.objects.create(**content, phone="+380971234567")
    with statistics(), plans("viber_messaging_message") as found:
        lifecycle.look_after(Judge(report=Report()))
    (plan,) = found
    assert "viber_message_campaign" in plan
    assert not any(word in plan for word in SORTS)


def test_the_next_people_of_a_campaign_are_found_in_the_order_of_keys(crowd: Crowd, make_campaign: MakeCampaign):
    campaign = make_campaign(crowd(3000))
    people = list(Recipient.objects.order_by("pk").values_list("pk", flat=True))
    with statistics(), plans("viber_messaging_recipient_groups") as found:
        assert audience.keys_after(campaign, people[1999], people[-1], 10) == people[2000:2010]
    (plan,) = found
    assert not any(word in plan for word in (*SORTS, *WALKS))
