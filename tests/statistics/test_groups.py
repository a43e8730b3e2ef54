"""How large groups are."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.moments import Moments
from viber_messaging.models import Recipient, RecipientGroup
from viber_messaging.statistics.groups import Size, count_reachable, sizes_of

pytestmark = pytest.mark.django_db

LARGE = 3


@pytest.fixture(autouse=True)
def _large(moments: Moments) -> None:
    moments.set("people of a large group", LARGE)


@pytest.fixture
def make_group() -> Callable[[str, int], RecipientGroup]:
    def make(name: str, people: int) -> RecipientGroup:
        group = RecipientGroup.objects.create(name=name)
        group.recipients.add(*(make_person() for _person in range(people)))
        return group

    return make


def make_person(**fields: Any) -> Recipient:
    return Recipient.objects.create(phone=f"+38097{Recipient.objects.count():07}", **fields)


def test_large_and_small_groups_are_counted_alike(make_group: Callable[[str, int], RecipientGroup]):
    few, many, none = make_group("Few", 2), make_group("Many", 4), make_group("None", 0)
    gone = make_person(opted_out_at=timezone.now())
    for group in (few, many):
        group.recipients.add(gone)
    make_person(opted_out_at=timezone.now())
    assert sizes_of([few.pk, many.pk, none.pk]) == {
        few.pk: Size(people=3, opted_out=1),
        many.pk: Size(people=5, opted_out=1),
        none.pk: Size(),
    }


def test_a_small_group_is_counted_each_time(make_group: Callable[[str, int], RecipientGroup]):
    group = make_group("Few", 2)
    assert sizes_of([group.pk])[group.pk].people == 2
    group.recipients.remove(group.recipients.earliest("pk"))
    assert sizes_of([group.pk])[group.pk].people == 1


def test_a_large_group_is_counted_once_a_minute(make_group: Callable[[str, int], RecipientGroup], clock: Any):
    group = make_group("Many", 5)
    sizes_of([group.pk])
    with CaptureQueriesContext(connection) as captured:
        assert sizes_of([group.pk])[group.pk].people == 5
    assert not any("COUNT(" in query["sql"] for query in captured)
    group.recipients.remove(group.recipients.earliest("pk"))
    clock.shift(61)
    assert sizes_of([group.pk])[group.pk].people == 4


def test_who_is_added_or_opts_out_is_seen_at_once(make_group: Callable[[str, int], RecipientGroup]):
    group = make_group("Many", 5)
    sizes_of([group.pk])
    group.recipients.add(make_person())
    assert sizes_of([group.pk])[group.pk] == Size(people=6)
    Recipient.objects.filter(pk=group.recipients.earliest("pk").pk).update(opted_out_at=timezone.now())
    assert sizes_of([group.pk])[group.pk] == Size(people=6, opted_out=1)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="others read tables of few rows without an index")
def test_those_of_a_large_group_who_opted_out_are_found_among_all_who_did(
    make_group: Callable[[str, int], RecipientGroup],
):
    group = make_group("Many", 5)
    with CaptureQueriesContext(connection) as captured:
        sizes_of([group.pk])
    statement = captured.captured_queries[-1]["sql"]
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {statement}")
        plan = [row[-1] for row in cursor.fetchall()]
    assert "viber_recipient_opted_out" in plan[0]
    assert "COVERING INDEX" in plan[1]


def test_people_in_several_groups_are_counted_once(make_group: Callable[[str, int], RecipientGroup]):
    one, other = make_group("One", 1), make_group("Other", 1)
    one.recipients.add(*other.recipients.all(), make_person(opted_out_at=timezone.now()))
    assert count_reachable([one.pk, other.pk]) == 2
    assert count_reachable([other.pk]) == 1
    assert count_reachable([]) == 0


def test_many_people_in_several_groups_are_counted_once_a_minute(
    make_group: Callable[[str, int], RecipientGroup], clock: Any
):
    keys = [make_group("One", 2).pk, make_group("Other", 2).pk]
    assert count_reachable(keys) == 4
    with CaptureQueriesContext(connection) as captured:
        assert count_reachable(keys[::-1]) == 4
    assert not any("COUNT(" in query["sql"] for query in captured)
    Recipient.objects.update(opted_out_at=timezone.now())
    assert count_reachable(keys) == 0
