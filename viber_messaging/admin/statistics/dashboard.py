"""The data for the app's first page."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from viber_messaging.admin.pages.banner import read_banner
from viber_messaging.admin.pages.campaign_links import SeenCampaigns
from viber_messaging.admin.pages.links import url_of
from viber_messaging.admin.permissions import VIEW_MESSAGE, has, may_send
from viber_messaging.admin.statistics import chart, first_steps, front_page, tables
from viber_messaging.admin.statistics.message_lists import ListLink, MessageLists
from viber_messaging.states import MessageChannel
from viber_messaging.statistics import Period, Standing, delays, periods, standing

MOST_ROWS = 8
MOST_FAILURES = 5


def dashboard_of(request: HttpRequest, site_name: str) -> dict[str, Any]:
    """Return the page's context; empty for users who may not view messages."""
    if not has(request, VIEW_MESSAGE):
        return {}
    (today, month), now = periods(), standing()
    found, days = delays(), chart.drawn(month.days)
    lists = MessageLists.of(site_name, month)
    return {
        "line": front_page.line_of(now),
        "steps": first_steps.steps_of(request, site_name, month),
        "start": front_page.start_of(request, site_name),
        "queue_lists": lists.of_queue(),
        "standing": now,
        "age": tables.duration(now.age()),
        "worker": _worker(now),
        "banner": read_banner(request, site_name, may_try=may_send(request)),
        "counted_at": month.counted_at,
        "today": list(_named(chart.by_kind(today.states), lists)),
        "today_url": lists.counted(day="today"),
        "today_total": today.total,
        "month_total": month.total,
        "month_url": lists.of_month(),
        "month_sms": tables.by_channel(month.channels)[-1:],
        "sms_url": lists.of_all(day="30", channel=MessageChannel.SMS),
        "rate": tables.percent(month.states),
        "days": days,
        "day_rows": list(_day_rows(days, lists)),
        "kinds": {kind: label for kind, (label, _states) in chart.KINDS.items()},
        "chart": {"width": chart.WIDTH, "height": chart.HEIGHT, "highest": chart.highest(days)},
        "senders": tables.by_sender(month.senders, lists.of_month)[:MOST_ROWS],
        "campaigns": _campaigns(month, SeenCampaigns.by(request, site_name), lists.of_month),
        "failures": list(islice(tables.by_reason(month.failures, lists.of_month), MOST_FAILURES)),
        "delays": list(islice(tables.by_delay(found), MOST_ROWS)),
        "good_url": lists.of_month(kind="good"),
        "delays_count": sum(delay.count for delay in found.values()),
        "balance_url": url_of("viber_messaging_message_balance", site_name) if may_send(request) else "",
        "report_url": url_of("viber_messaging_message_report", site_name),
    }


def _named(counts: Mapping[str, int], lists: MessageLists) -> Iterator[dict[str, Any]]:
    """Yield today's kinds that occur, with their labels."""
    for kind, count in counts.items():
        if count:
            url = lists.counted(day="today", kind=kind)
            yield {"label": chart.KINDS[kind][0], "kind": kind, "count": count, "url": url}


def _day_rows(days: Sequence[chart.Day], lists: MessageLists) -> Iterator[tuple[Any, list[tuple[int, str]]]]:
    """Yield the days that have messages, the last first, with their counts by kind."""
    for day in reversed(days):
        if day.total:
            link = partial(lists.counted, **{"from": day.day, "to": day.day})
            yield day.day, [(count, link(kind=kind) if count else "") for kind, count in day.counts.items()]


def _campaigns(month: Period, campaigns: SeenCampaigns, list_of: ListLink) -> list[tables.Row]:
    newest = sorted(filter(None, month.campaigns), reverse=True)[:MOST_ROWS]
    return tables.by_campaign({key: month.campaigns[key] for key in newest}, campaigns, list_of)


def _worker(now: Standing) -> dict[str, Any]:
    """Return whether a worker is active, and how that is known."""
    if now.has_worker:
        return {"figure": _("is running"), "note": _("It reports every few seconds.")}
    age = tables.duration(timezone.now() - now.worked_at) if now.worked_at else ""
    if now.lacks_worker:
        figure = _("is not running") if age else _("never seen")
        return {
            "figure": figure,
            "age": age,
            "note": _("Nothing is sent until viber_worker runs again."),
            "is_bad": True,
        }
    note = _("Each request sends the messages that it saves. Large numbers of messages need a worker.")
    return {"figure": _("no worker"), "age": age, "note": note}
