"""What sending costs the database: so many statements a package, however many messages it holds."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import doors
from tests.moments import Moments
from viber_messaging.models import Message
from viber_messaging.sandbox import Sandbox

MakeMessage = Callable[..., Message]

MESSAGES, ATTEMPTS = Message._meta.db_table, "viber_messaging_sendattempt"


def send(make_message: MakeMessage, configure: Callable[..., None], count: int, size: int) -> Counter[tuple[str, str]]:
    """Send so many messages in packages of this size; return the statements, counted by verb and table."""
    configure(PACKAGE_SIZE=size)
    for _number in range(count):
        make_message()
    with CaptureQueriesContext(connection) as queries:
        assert doors.work().sent == count
    Message.objects.all().delete()
    return Counter(kind(query["sql"]) for query in queries)


def kind(sql: str) -> tuple[str, str]:
    """Return the verb of a statement, and the first table of ours that it names."""
    _times, is_many, statement = sql.partition(" times: ")
    words = (statement if is_many else sql).replace('"', " ").replace("`", " ").split()
    return words[0], next((word for word in words if word.startswith("viber_")), "")


def of_packages(make_message: MakeMessage, configure: Callable[..., None], size: int) -> Counter[tuple[str, str]]:
    """Return what three packages of this size cost beyond what one costs."""
    three = send(make_message, configure, 3 * size, size)
    three.subtract(send(make_message, configure, size, size))
    return +three


@pytest.mark.parametrize("size", [1, 40])
def test_a_package_costs_two_updates_and_one_insert_whatever_it_holds(
    gateway: Sandbox, make_message: MakeMessage, configure: Callable[..., None], size: int
):
    extra = of_packages(make_message, configure, size)
    assert extra["INSERT", ATTEMPTS] == 2
    assert extra["UPDATE", MESSAGES] == 2 * 2
    assert extra["SELECT", MESSAGES] == 2 * (2 if connection.vendor == "mysql" else 1)


@pytest.mark.parametrize("size", [1, 40])
def test_a_package_asks_little_besides(
    gateway: Sandbox, make_message: MakeMessage, configure: Callable[..., None], size: int
):
    extra = of_packages(make_message, configure, size)
    besides = sum(count for (verb, table), count in extra.items() if verb == "SELECT" and table != MESSAGES)
    assert besides == 2, "whether sending is stopped; of campaigns nothing, while a package is filled without them"


def test_no_message_is_read_where_nobody_listens(
    gateway: Sandbox, make_message: MakeMessage, monkeypatch: pytest.MonkeyPatch
):
    make_message()
    read: list[Any] = []
    monkeypatch.setattr(Message, "from_db", classmethod(lambda *args: read.append(args)))
    doors.work()
    assert not read


def test_a_run_does_not_walk_again_over_what_it_has_sent(
    gateway: Sandbox, make_message: MakeMessage, configure: Callable[..., None], moments: Moments
):
    moments.set("messages in a slice", 4)
    configure(PACKAGE_SIZE=2)
    pks = [make_message().pk for _ in range(12)]
    claim, begun = moments.original("the claim"), list[int]()

    def look(*args: Any, singles_after_pk: int, **kwargs: Any) -> Any:
        begun.append(singles_after_pk)
        return claim(*args, singles_after_pk=singles_after_pk, **kwargs)

    moments.replace("the claim", look)
    doors.work()
    assert begun[:6] == [0, *pks[1:11:2]]


def test_nothing_is_asked_of_what_was_only_just_sent(
    gateway: Sandbox, make_message: MakeMessage, configure: Callable[..., None], moments: Moments
):
    moments.set("messages in a slice", 4)
    configure(PACKAGE_SIZE=2)
    for _number in range(12):
        make_message()
    report = doors.work()
    assert (report.sent, report.asked) == (12, 0)


@pytest.mark.parametrize("tried_before", [False, True])
def test_a_claim_looks_into_the_attempts_only_of_messages_that_were_tried_before(
    gateway: Sandbox, make_message: MakeMessage, tried_before: bool
):
    for number in range(3):
        make_message(attempt_count=int(tried_before and number == 1))
    with CaptureQueriesContext(connection) as queries:
        package = doors.claim(10)
    assert package is not None
    assert len(package.claims) == 3
    # PostgreSQL holds that look for so dear, once there are some ten thousand attempts, that it compiles the statement.
    # SQLite finds what is due in an index that does not tell of attempts.
    assert any(ATTEMPTS in query["sql"] for query in queries) is (tried_before or connection.vendor == "sqlite")
