"""Messages counted by the hour in which they were made: one pass over the table, whose result fits in memory."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

from django.conf import settings
from django.db import connections
from django.db.models import CharField, Count, Func
from django.utils import timezone

from viber_messaging.delivery import storage


class Hour(Func):
    """The first 13 letters of a moment, such as ``2026-11-20 17``, cut by the database itself.

    Django's own truncation calls Python for each row on SQLite.
    """

    output_field = CharField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template="SUBSTR(%(expressions)s, 1, 13)", **context)

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        template = "TO_CHAR(%(expressions)s AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24')"
        return self.as_sql(compiler, connection, template=template, **context)

    def as_mysql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        template = "DATE_FORMAT(%(expressions)s, '%%%%Y-%%%%m-%%%%d %%%%H')"
        return self.as_sql(compiler, connection, template=template, **context)


@dataclass(frozen=True, slots=True)
class Tally:
    """So many messages of one hour that are alike."""

    hour: datetime
    state: str
    sender: str
    status_code: int | None
    count: int


def counts_since(moment: datetime) -> Iterator[Tally]:
    """Count the messages made since then by hour, state, sender and code."""
    rows = (
        storage.messages()
        .filter(created_at__gte=moment)
        .order_by()
        .annotate(hour=Hour("created_at"))
        .values_list("hour", "state", "sender", "status_code")
        .annotate(count=Count("pk"))
    )
    zone = _stored_zone()
    for hour, *facts in rows:
        yield Tally(datetime.strptime(hour, "%Y-%m-%d %H").replace(tzinfo=zone), *facts)


def _stored_zone() -> tzinfo:
    """Return the zone of what Hour yields: PostgreSQL is asked for UTC, the others give what is stored."""
    is_utc = settings.USE_TZ or connections[storage.alias()].vendor == "postgresql"
    return UTC if is_utc else timezone.get_default_timezone()


def midnight(days_ago: int) -> datetime:
    """Return the beginning of the local day so many days ago."""
    today = timezone.localdate() if settings.USE_TZ else datetime.now().date()  # noqa: DTZ005 (a site without zones)
    moment = datetime.combine(today - timedelta(days=days_ago), datetime.min.time())
    return timezone.make_aware(moment) if settings.USE_TZ else moment
