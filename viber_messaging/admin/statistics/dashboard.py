"""The data for the app's first page."""

from collections.abc import Mapping
from itertools import islice
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from viber_messaging.admin.pages.banner import read_banner
from viber_messaging.admin.pages.campaign_links import SeenCampaigns
from viber_messaging.admin.pages.links import url_of
from viber_messaging.admin.permissions import VIEW_MESSAGE, has, may_send
from viber_messaging.admin.statistics import chart, front_page, tables
from viber_messaging.statistics import Period, Standing, delays, periods, standing

MOST_ROWS = 8
MOST_FAILURES = 5


def dashboard_of(request: HttpRequest, site_name: str) -> dict[str, Any]:
    """Return the page's context; empty for users who may not view messages."""
    if not has(request, VIEW_MESSAGE):
        return {}
    (today, month), now = periods(), standing()
    found, days = delays(), chart.drawn(month.days)
    return {
        "line": front_page.line_of(now),
        "buttons": front_page.buttons_of(request, site_name),
        "stop_url": "" if now.stopped_at else front_page.stop_url_of(request, site_name),
        "list_url": url_of("viber_messaging_message_changelist", site_name),
        "search_url": url_of("viber_messaging_message_search", site_name),
        "standing": now,
        "age": tables.duration(now.age()),
        "worker": _worker(now),
        "banner": read_banner(request, site_name, may_try=may_send(request)),
        "counted_at": month.counted_at,
        "today": _named(chart.by_kind(today.states)),
        "today_total": today.total,
        "month_total": month.total,
        "month_sms": tables.by_channel(month.channels)[-1:],
        "rate": tables.percent(month.states),
        "days": days,
        "kinds": {kind: label for kind, (label, _states) in chart.KINDS.items()},
        "chart": {"width": chart.WIDTH, "height": chart.HEIGHT, "highest": chart.highest(days)},
        "senders": tables.by_sender(month.senders)[:MOST_ROWS],
        "campaigns": _campaigns(month, SeenCampaigns.by(request, site_name)),
        "failures": list(islice(tables.by_reason(month.failures), MOST_FAILURES)),
        "delays": list(islice(tables.by_delay(found), MOST_ROWS)),
        "delays_count": sum(delay.count for delay in found.values()),
        "balance_url": url_of("viber_messaging_message_balance", site_name) if may_send(request) else "",
        "report_url": url_of("viber_messaging_message_report", site_name),
    }


def _named(counts: Mapping[str, int]) -> list[tuple[Any, str, int]]:
    """Return the kinds that occur, with their labels."""
    return [(chart.KINDS[kind][0], kind, count) for kind, count in counts.items() if count]


def _campaigns(month: Period, campaigns: SeenCampaigns) -> list[tables.Row]:
    newest = sorted(filter(None, month.campaigns), reverse=True)[:MOST_ROWS]
    return tables.by_campaign({key: month.campaigns[key] for key in newest}, campaigns)


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
