"""The periods of a report, and their form in its URL."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from viber_messaging.states import MessageChannel
from viber_messaging.statistics import Scope
from viber_messaging.statistics.tally import today


def presets(scope: Scope, url_of: Callable[[Scope], str]) -> list[tuple[str, str, bool]]:
    """Return the usual periods with their names and URLs, and which one is shown."""
    now = today()
    month = now.replace(day=1)
    before = month - timedelta(days=1)
    named = [
        (_("Today"), now, now),
        (_("Yesterday"), now - timedelta(days=1), now - timedelta(days=1)),
        (_("7 days"), now - timedelta(days=6), now),
        (_("30 days"), now - timedelta(days=29), now),
        (pgettext("period", "This month"), month, now),
        (_("Last month"), before.replace(day=1), before),
    ]
    other = partial(Scope, sender=scope.sender, campaign=scope.campaign, channel=scope.channel)
    return [
        (name, url_of(other(first=first, last=last)), (first, last) == (scope.first, scope.last))
        for name, first, last in named
    ]


def query_of(scope: Scope) -> QueryDict:
    """Return the query string for a report on these messages."""
    values: Mapping[str, Any] = {
        "first": f"{scope.first:%Y-%m-%d}",
        "last": f"{scope.last:%Y-%m-%d}",
        "sender": scope.sender,
        "campaign": "" if scope.campaign is None else str(scope.campaign),
        "channel": "" if scope.channel == MessageChannel.VIBER else scope.channel,
    }
    query = QueryDict(mutable=True)
    query.update({name: value for name, value in values.items() if value})
    return query
