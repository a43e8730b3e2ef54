"""How the database finds what the pages show, among many messages of long ago."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.utils import timezone

from tests import copied_rows
from tests.delivery.storage.test_plans import plans, statistics
from viber_messaging.models import Message
from viber_messaging.statistics.delays import delays
from viber_messaging.statistics.snapshot import standing
from viber_messaging.statistics.tally import Scope, count_prefixes, tallies, today


@pytest.fixture
def long_ago(configure: Callable[..., None], transactional_db: None) -> Iterator[None]:
    """Many messages of last year, and a few of today that wait."""
    configure(DISPATCH="worker")
    content = {"sender": "SMSTest", "phone": "+380971234567", "text": "Text " * 50}
    last_year = timezone.now() - timedelta(days=365)
    old = Message.objects.create(**content, state="delivered", created_at=last_year, accepted_at=last_year)
    copied_rows.copy(old, 3000)
    Message.objects.bulk_create([Message(**content) for _ in range(5)])
    with statistics():
        yield


def day() -> Scope:
    return Scope(first=today(), last=today())


@pytest.mark.parametrize("count", [lambda: list(tallies(day())), lambda: list(count_prefixes(day()))])
def test_the_messages_of_a_day_are_found_without_those_of_other_years(long_ago: None, count: Callable[[], object]):
    with plans() as found:
        count()
    (plan,) = found
    assert "viber_message_created" in plan


@pytest.mark.parametrize("look", [standing, lambda: delays(is_fresh=True)])
def test_how_things_stand_is_read_along_an_index(long_ago: None, look: Callable[[], object]):
    with plans() as found:
        look()
    assert found
    assert all("viber_message_due" in plan or "PRIMARY" in plan or "_pkey" in plan for plan in found)
