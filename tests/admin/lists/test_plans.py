"""How the database finds a page of a long list: by an index that yields the order too, never by reading all rows."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tests.admin.page import page_of
from tests.delivery.storage.test_plans import ANALYZE, EXPLAIN
from tests.moments import Moments
from viber_messaging.admin.pages.changelist import COUNTED
from viber_messaging.models import Campaign, Message, Recipient, RecipientGroup, SendAttempt, Sender

pytestmark = [
    pytest.mark.exhaustive,
    pytest.mark.skipif(connection.vendor == "mysql", reason="its EXPLAIN is a table of another shape"),
]

ROWS = 3000


@pytest.fixture
def many(db: None, configure: Callable[..., None]) -> Iterator[None]:
    """Many rows, of which a few are rare; and statistics, where a database makes them by itself."""
    configure(DISPATCH="worker")
    _fill()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(ANALYZE["postgresql"])
    return


def _fill() -> None:
    Sender.objects.create(name="SMSTest")
    large, small = (Campaign.objects.create(name=name, sender="SMSTest", text="T") for name in ("Large", "Small"))
    now = timezone.now()
    Message.objects.bulk_create(
        [
            Message(
                sender="Rare" if number % 1000 == 1 else "SMSTest",
                phone=f"+38097{number:07}",
                text="Text " * 40,
                state="failed" if number % 1000 == 2 else "delivered",
                status_code=203 if number % 1000 == 3 else 102,
                campaign=small if number < 30 else large if number % 2 else None,
                msg_id=str(7 * 10**7 + number),
                about_model="auth.user" if number % 10 else "",
                about_id=str(number % 300) if number % 10 else "",
                created_at=now - timezone.timedelta(minutes=20 * (ROWS - number)),
            )
            for number in range(ROWS)
        ],
        batch_size=500,
    )
    group = RecipientGroup.objects.create(name="Few")
    people = [
        Recipient(phone=f"+38097{number:07}", name=_name(number), opted_out_at=now if number % 1000 == 5 else None)
        for number in range(ROWS)
    ]
    Recipient.objects.bulk_create(people, batch_size=500)
    group.recipients.add(*Recipient.objects.order_by("pk")[:30])
    attempts = [
        SendAttempt(message=message, number=1, started_at=now, finished_at=now, outcome=_outcome(number))
        for number, message in enumerate(Message.objects.order_by("pk").only("pk"))
    ]
    SendAttempt.objects.bulk_create(attempts, batch_size=500)


def _name(number: int) -> str:
    return "Рідкісний Петро" if number % 1000 == 6 else "Олена Коваль"


def _outcome(number: int) -> str:
    return "unknown" if number % 1000 == 7 else "accepted"


@contextmanager
def plans(table: str) -> Iterator[list[str]]:
    """Note the plan of each query that reads the table."""
    found: list[str] = []

    def explain(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith("SELECT") and f'FROM "viber_messaging_{table}"' in sql:
            with connection.cursor() as cursor:
                cursor.execute(EXPLAIN[connection.vendor] + sql, params)
                found.append(str([row[-1] for row in cursor.fetchall()]))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(explain):
        yield found


def address_of(client: Client, model: str, query: str) -> str:
    base = f"admin:viber_messaging_{model}_"
    if query.startswith("q="):
        return str(client.post(reverse(f"{base}search"), {"q": query[2:]})["Location"])
    facts = {"large": _campaign("Large"), "small": _campaign("Small"), "today": timezone.localdate()}
    return f"{reverse(f'{base}changelist')}?{query.format(**facts)}"


def _campaign(name: str) -> int:
    return Campaign.objects.get(name=name).pk


MESSAGES = [
    "",
    "p=2",
    "state__exact=failed",
    "state__exact=delivered",
    "sender=Rare",
    "sender=SMSTest",
    "code=203",
    "code=102",
    "code=1",
    "campaign={small}",
    "campaign={large}",
    "campaign={large}&state__exact=failed",
    "sender=SMSTest&state__exact=failed",
    "sender=Rare&state__exact=delivered",
    "about=auth.user:42",
    "day=today",
    "day=yesterday",
    "day=7",
    "day=30",
    "from={today}&to={today}",
    "day=30&kind=bad",
    "day=today&kind=good",
    "o=1",
    "o=-1",
    "o=2",
    "o=-2",
    "q=097 000 00 08",
    "q=0970000",
    "q=70000500",
    "q=12345678901234",
    "q=2345",
]


RECIPIENTS = [
    "",
    "opted_out=yes",
    "opted_out=no",
    "q=0970000",
    "q=097 000 00 08",
    "q=Рідкісний Петро",
    "q=петро 097",
    "q=2345",
    "q=нема",
]


ATTEMPTS = {"outcome__exact=unknown": "viber_attempt_outcome", "q=0970": "message_id"}
"""What leads to an index."""


def is_poor(plan: str) -> bool:
    """Tell whether a plan reads all rows to find some, or sorts what an index could yield in order."""
    if connection.vendor == "postgresql":
        return bool(re.search(r"Seq Scan on viber_messaging_(message|recipient)\b", plan))
    # The last part of an order, among rows that are equal otherwise, is sorted in small heaps; and so is one phone's.
    return "USE TEMP B-TREE FOR ORDER BY" in plan and "(phone=?)" not in plan


def poor_plans(client: Client, model: str, queries: list[str]) -> dict[str, str]:
    found = {}
    for query in queries:
        address = address_of(client, model, query)
        with plans(model) as plans_of_page:
            assert client.get(address).status_code == 200
        is_unbounded = query and "p=" not in query and "SCAN" in plans_of_page[-1] and connection.vendor == "sqlite"
        if is_poor(plans_of_page[-1]) or (is_unbounded and not query.startswith("o=")):
            found[query] = plans_of_page[-1]
    return found


def test_messages_are_found_by_an_index_in_its_own_order(many: None, admin_client: Client):
    assert poor_plans(admin_client, "message", MESSAGES) == {}


def test_recipients_are_found_by_an_index_in_its_own_order(many: None, admin_client: Client):
    assert poor_plans(admin_client, "recipient", RECIPIENTS) == {}


def test_a_rare_state_is_looked_up_whoever_sent_it(many: None, admin_client: Client, moments: Moments):
    moments.set("messages that a filter counts", 100)
    address = address_of(admin_client, "message", "sender=SMSTest&state__exact=failed")
    with plans("message") as found:
        page: Any = admin_client.get(address)
    assert len(page.context["cl"].result_list) == 3
    assert "viber_message_due" in found[-1]


def test_a_rare_sender_is_looked_up_in_whatever_state(many: None, admin_client: Client):
    address = address_of(admin_client, "message", "sender=Rare&state__exact=delivered")
    with plans("message") as found:
        page: Any = admin_client.get(address)
    assert len(page.context["cl"].result_list) == 3
    assert "viber_message_sender" in found[-1]


def test_the_end_of_a_phone_is_looked_for_in_the_last_messages_only(many: None, admin_client: Client, moments: Moments):
    moments.set("messages searched by the end of a phone", 100)
    address = address_of(admin_client, "message", "q=2345")
    with plans("message") as found:
        admin_client.get(address)
    assert any(re.search(r"rowid>\?|message_pkey.*id > ", plan) for plan in found), found
    assert not any("SCAN" in plan or "Seq Scan" in plan for plan in found if "~~" in plan or "PRIMARY KEY" in plan)


@pytest.mark.parametrize("query", ATTEMPTS)
def test_attempts_are_found_by_an_index(many: None, admin_client: Client, query: str):
    address = address_of(admin_client, "sendattempt", query)
    with plans("sendattempt") as found:
        page: Any = admin_client.get(address)
    assert page.context["cl"].result_list
    assert all(re.search(ATTEMPTS[query], plan) and "sendattempt_pkey" not in plan for plan in found), found


def test_no_list_is_counted_to_its_end(many: None, admin_client: Client):
    for model in ("message", "recipient", "sendattempt"):
        with CaptureQueriesContext(connection) as captured:
            admin_client.get(reverse(f"admin:viber_messaging_{model}_changelist"))
        # The banner counts what waits for a person, by the index of states.
        (count,) = [query["sql"] for query in captured if "COUNT(" in query["sql"] and "FROM (SELECT" in query["sql"]]
        assert f"LIMIT {COUNTED}" in count


def test_no_page_takes_more_than_nine_queries(many: None, admin_client: Client):
    pages = [("message", query) for query in MESSAGES if not query.startswith("q=")]
    others = ("recipient", "sendattempt", "consentchange", "campaign", "recipientgroup", "sender")
    taken = {}
    for model, query in [*pages, *((model, "") for model in others)]:
        address = address_of(admin_client, model, query)
        with CaptureQueriesContext(connection) as captured:
            page_of(admin_client, address)
        taken[model, query] = len(captured)
    assert {page: count for page, count in taken.items() if count > 9} == {}


def test_the_campaigns_are_counted_by_an_index_alone(many: None, admin_client: Client):
    with plans("message") as found:
        admin_client.get(reverse("admin:viber_messaging_campaign_changelist"))
    if connection.vendor == "sqlite":
        assert any("COVERING INDEX viber_message_campaign" in plan for plan in found)


def test_the_end_of_a_list_that_is_not_counted_is_told(many: None, admin_client: Client, moments: Moments):
    moments.set("rows that a list counts", 100)
    address = reverse("admin:viber_messaging_message_changelist")
    page: Any = admin_client.get(address)
    assert page.context["cl"].paginator.num_pages == 2
    assert "At least 100 were found" in page.content.decode()
    assert "Select all results" in page.content.decode()
    last: Any = admin_client.get(f"{address}?p=2")
    assert len(last.context["cl"].result_list) == 50
    few: Any = admin_client.get(f"{address}?sender=Rare")
    assert "At least" not in few.content.decode()
