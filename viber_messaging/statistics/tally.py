"""Count messages in the database, in one pass over the requested days; the result fits in memory."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any

from django.conf import settings
from django.db import connections
from django.db.models import CharField, Count, Func
from django.utils import timezone

from viber_messaging.delivery.storage import tables
from viber_messaging.models.database.beginnings import phone_beginning
from viber_messaging.models.message_queries import MessageQuerySet
from viber_messaging.states import MessageChannel
from viber_messaging.time import moments

FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2099, 12, 31)
"""The days that can be requested: at the ends of the calendar, a midnight cannot be converted to another zone."""


class Hour(Func):
    """The first 13 characters of a time, such as ``2026-11-20 17``, cut by the database itself.

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """The messages to count: those created on some days, by one channel, and of one sender or campaign if given.

    By Viber, each person is counted once; an SMS goes instead of a message that is counted already.
    """

    first: date
    last: date
    sender: str = ""
    campaign: int | None = None
    channel: str = MessageChannel.VIBER

    def messages(self) -> MessageQuerySet:
        """Return the messages, using an index on their days."""
        return self.of_both_channels().filter(channel=self.channel)

    def of_both_channels(self) -> MessageQuerySet:
        """Return the messages, and those by the other channel."""
        found = tables.messages().filter(created_at__gte=midnight(self.first))
        found = found.filter(created_at__lt=midnight(self.last + timedelta(days=1))).order_by()
        if self.sender:
            found = found.filter(sender=self.sender)
        return found if self.campaign is None else found.filter(campaign=self.campaign)

    @property
    def key(self) -> str:
        """Return a name for the scope that any cache accepts as a key."""
        return f"{self.first:%Y%m%d}-{self.last:%Y%m%d}.{self.sender.encode().hex()}.{self.campaign}.{self.channel}"

    def days(self) -> list[date]:
        """Return the days of the scope, in order."""
        return [self.first + timedelta(days=number) for number in range((self.last - self.first).days + 1)]


@dataclass(frozen=True, slots=True)
class Tally:
    """The number of similar messages in one hour."""

    hour: datetime
    state: str
    sender: str
    status_code: int | None
    campaign: int | None
    channel: str
    count: int

    @property
    def day(self) -> date:
        """Return the day in the staff's time zone."""
        return timezone.localtime(moments.aware(self.hour)).date()


def tallies(scope: Scope) -> Iterator[Tally]:
    """Count the messages of both channels by hour, state, sender, code, campaign and channel."""
    rows = (
        scope.of_both_channels()
        .annotate(hour=Hour("created_at"))
        .values_list("hour", "state", "sender", "status_code", "campaign", "channel")
        .annotate(count=Count("pk"))
    )
    zone = _stored_zone()
    for hour, *facts in rows:
        yield Tally(datetime.strptime(hour, "%Y-%m-%d %H").replace(tzinfo=zone), *facts)


def count_prefixes(scope: Scope) -> Iterator[tuple[str, str, int]]:
    """Count the messages by the beginning of the phone and by state."""
    yield from (
        scope.messages()
        .annotate(beginning=phone_beginning())
        .values_list("beginning", "state")
        .annotate(count=Count("pk"))
    )


def today() -> date:
    """Return today's date in the staff's time zone."""
    return timezone.localdate() if settings.USE_TZ else datetime.now().date()  # noqa: DTZ005 (a site without zones)


def midnight(day: date) -> datetime:
    """Return the beginning of a day in the staff's time zone."""
    moment = datetime.combine(day, datetime.min.time())
    return timezone.make_aware(moment) if settings.USE_TZ else moment


def _stored_zone() -> tzinfo:
    """Return the time zone of Hour's values: UTC for PostgreSQL, otherwise that of the stored times."""
    is_utc = settings.USE_TZ or connections[tables.alias()].vendor == "postgresql"
    return UTC if is_utc else timezone.get_default_timezone()
