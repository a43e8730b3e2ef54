"""Counts as table rows, by sender, campaign and reason of failure, for the first page and the report."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from viber_messaging.admin.pages.campaign_links import SeenCampaigns
from viber_messaging.admin.statistics import chart
from viber_messaging.admin.statistics.message_lists import ListLink, unlinked
from viber_messaging.states import MessageChannel, MessageState
from viber_messaging.statistics.delays import Delay
from viber_messaging.statistics.periods import States, delivery_rate
from viber_messaging.text.carriers import name_operator
from viber_messaging.words.explanations import advise_message_code, name_message_code

MINUTE, HOUR = 60, 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Messages that have something in common."""

    name: str
    total: int
    kinds: Mapping[str, int]
    rate: int | None
    """The percentage of completed messages that were delivered."""
    url: str = ""
    list_url: str = ""
    """The URL of the list of these messages."""


def row_of(name: str, states: States, url: str = "", list_url: str = "") -> Row:
    """Return a table's row."""
    total, rate = sum(states.values()), percent(states)
    return Row(name=name, total=total, kinds=chart.by_kind(states), rate=rate, url=url, list_url=list_url)


def by_sender(senders: Mapping[str, States], list_of: ListLink = unlinked) -> list[Row]:
    """Return a row for each sender, the busiest first."""
    return _busiest(row_of(name, states, list_url=list_of(sender=name)) for name, states in senders.items())


def of_channels(counts: Mapping[str, States]) -> Mapping[str, States]:
    """Return counts by the name of the channel; empty if there is no SMS."""
    named = {str(channel.label): counts[channel] for channel in MessageChannel if channel in counts}
    return named if MessageChannel.SMS in counts else {}


def by_channel(counts: Mapping[str, States]) -> list[Row]:
    """Return a row for each channel; none if there is no SMS."""
    return [row_of(name, states) for name, states in of_channels(counts).items()]


def by_campaign(
    counts: Mapping[int | None, States], campaigns: SeenCampaigns, list_of: ListLink = unlinked
) -> list[Row]:
    """Return a row for each campaign, the newest first, and one for messages outside campaigns."""
    names = campaigns.names(counts)
    keys = sorted(filter(None, counts), reverse=True)
    rows = [row_of(names[key], counts[key], campaigns.url_of(key), list_of(campaign=key)) for key in keys]
    return rows + ([row_of(names[None], counts[None])] if None in counts else [])


def by_reason(failures: Mapping[int | None, int], list_of: ListLink = unlinked) -> Iterator[dict[str, Any]]:
    """Yield why messages did not arrive, and what to do about it, the most frequent first."""
    for code, count in failures.items():
        words = name_message_code(code) or _("Set aside before the gateway answered")
        advice = advise_message_code(code) if code is not None else _("Open one of them to see why.")
        url = list_of(kind="uncoded") if code is None else list_of(kind="bad", code=code)
        yield {"words": words, "advice": advice, "count": count, "url": url}


def by_operator(prefixes: Mapping[str, States]) -> list[Row]:
    """Return a row for each operator, and for each other country than Ukraine, the busiest first."""
    return _busiest(row_of(name, states) for name, states in merged_by_operator(prefixes).items())


def merged_by_operator(prefixes: Mapping[str, States]) -> Mapping[str, States]:
    """Return counts by the beginning of phones, summed by operator."""
    merged: dict[str, Counter[str]] = {}
    for beginning, states in sorted(prefixes.items()):
        merged.setdefault(name_operator(beginning, get_language() or ""), Counter()).update(states)
    return merged


def by_state(states: States) -> Iterator[dict[str, Any]]:
    """Yield each state that occurs with its percentage, in the order of a message's states."""
    total = sum(states.values())
    for state in MessageState:
        if count := states.get(state, 0):
            share = 100 * count / total
            yield {"state": state.value, "label": state.label, "count": count, "share": share, "kind": kind_of(state)}


def day_of(day: date, counts: States, states: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return a day's row: a number for each of these states."""
    return {
        "day": day,
        "total": sum(counts.values()),
        "counts": [counts.get(item["state"], 0) for item in states],
        "rate": percent(counts),
    }


def by_delay(delays: Mapping[str, Delay]) -> Iterator[dict[str, Any]]:
    """Yield how long the messages of each sender took to arrive, the slowest first."""
    for name, delay in delays.items():
        yield {"name": name, "count": delay.count, "median": duration(delay.median), "ninth": duration(delay.ninth)}


def kind_of(state: MessageState) -> str:
    """Return the colour of a state."""
    return next(kind for kind, (_label, members) in chart.KINDS.items() if state in members)


def percent(states: States) -> int | None:
    """Return the percentage of completed messages that were delivered."""
    rate = delivery_rate(states)
    return None if rate is None else round(rate * 100)


def duration(time: timedelta) -> str:
    """Return a duration in a suitable unit."""
    seconds = time.total_seconds()
    if seconds < 2 * MINUTE:
        return _("%(count)s s") % {"count": round(seconds)}
    if seconds < 2 * HOUR:
        return _("%(count)s min") % {"count": round(seconds / MINUTE)}
    return _("%(count)s h") % {"count": number_format(seconds / HOUR, 1)}


def _busiest(rows: Iterator[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: -row.total)
