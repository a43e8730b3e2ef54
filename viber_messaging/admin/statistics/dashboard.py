"""What the app's first page shows, and the same for a monitor."""

from datetime import timedelta
from itertools import islice
from typing import Any

from django.contrib import messages
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect, JsonResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from viber_messaging.admin.pages.banner import read_banner
from viber_messaging.admin.pages.base import BaseAdmin, may_send, outside_transactions
from viber_messaging.admin.pages.campaign_links import SeenCampaigns
from viber_messaging.admin.pages.links import url_of
from viber_messaging.admin.statistics import chart, tables
from viber_messaging.api import get_balance
from viber_messaging.conf import conf
from viber_messaging.gateway.errors import GatewayError
from viber_messaging.gateway.http.deadlines import shared_deadline
from viber_messaging.statistics import Period, Standing, complaints, delays, figures, periods, standing
from viber_messaging.words.explanations import explain_reason, translate_error

VIEW_PERMISSION = "viber_messaging.view_message"
OLDEST = timedelta(minutes=15)
MOST_ROWS = 8
MOST_FAILURES = 5


def dashboard_of(request: HttpRequest, site_name: str) -> dict[str, Any]:
    """Return what the page needs; nothing for those who may not see messages."""
    if not request.user.has_perm(VIEW_PERMISSION):
        return {}
    (today, month), now = periods(), standing()
    found = delays()
    return {
        "standing": now,
        "age": tables.duration(now.age()),
        "worker": _worker(now),
        "complaint": explain_reason(now.reason, now.code) if now.reason else "",
        "banner": read_banner(request, site_name, may_try=may_send(request)),
        "counted_at": month.counted_at,
        "today": chart.by_kind(today.states),
        "today_total": today.total,
        "month_total": month.total,
        "rate": tables.percent(month.states),
        "days": chart.drawn(month.days),
        "kinds": {kind: label for kind, (label, _states) in chart.KINDS.items()},
        "chart": {"width": chart.WIDTH, "height": chart.HEIGHT},
        "senders": tables.by_sender(month.senders)[:MOST_ROWS],
        "campaigns": _campaigns(month, SeenCampaigns.by(request, site_name)),
        "failures": list(islice(tables.by_reason(month.failures), MOST_FAILURES)),
        "delays": list(islice(tables.by_delay(found), MOST_ROWS)),
        "delays_count": sum(delay.count for delay in found.values()),
        "balance_url": url_of("viber_messaging_message_balance", site_name) if may_send(request) else "",
        "report_url": url_of("viber_messaging_message_report", site_name),
    }


def _campaigns(month: Period, campaigns: SeenCampaigns) -> list[tables.Row]:
    newest = sorted(filter(None, month.campaigns), reverse=True)[:MOST_ROWS]
    return tables.by_campaign({key: month.campaigns[key] for key in newest}, campaigns)


def _worker(now: Standing) -> dict[str, Any]:
    """Return whether somebody sends, and how that is known."""
    if now.has_worker:
        return {"figure": _("works"), "note": _("It tells so every few seconds.")}
    age = tables.duration(timezone.now() - now.worked_at) if now.worked_at else ""
    if now.lacks_worker:
        figure = _("is gone") if age else _("never seen")
        return {
            "figure": figure,
            "age": age,
            "note": _("Nothing is sent until viber_worker runs again."),
            "is_bad": True,
        }
    note = _("Messages leave with the request that saves them; many at once need one.")
    return {"figure": _("no worker"), "age": age, "note": note}


class DashboardAdmin(BaseAdmin):
    """Serves the numbers as JSON, and asks for the balance when a person wants it."""

    def get_urls(self) -> list[URLPattern]:
        """Add the two addresses to Django's URLs."""
        wrap = self.admin_site.admin_view
        return [
            path("stats/", wrap(self.stats_view), name="viber_messaging_message_stats"),
            path("balance/", wrap(self.balance_view), name="viber_messaging_message_balance"),
            *super().get_urls(),
        ]

    def stats_view(self, request: HttpRequest) -> HttpResponse:
        """Tell a monitor how things stand; times in ISO 8601, ages in seconds."""
        if not request.user.has_perm(VIEW_PERMISSION):
            raise PermissionDenied
        now, (today, month) = standing(), periods()
        answer: dict[str, Any] = {
            **figures(now),
            "today": dict(today.states),
            "thirty_days": dict(month.states),
            "thirty_days_by_sender": month.senders,
            "thirty_days_by_campaign": {str(key or ""): states for key, states in month.campaigns.items()},
            "thirty_days_failures_by_code": {str(code or ""): count for code, count in month.failures.items()},
            "delays": {name: delay.in_seconds() for name, delay in delays().items()},
            "counted_at": month.counted_at,
            "complaints": list(complaints(now, oldest=OLDEST)),
        }
        return JsonResponse(answer, headers={"Cache-Control": "no-store"})

    @outside_transactions
    def balance_view(self, request: HttpRequest) -> HttpResponse:
        """Ask the gateway what is left on the account, on POST; go back to the dashboard."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not may_send(request):
            raise PermissionDenied
        try:
            with shared_deadline(conf.INLINE_TIMEOUT):
                get_balance()
        except (ImproperlyConfigured, GatewayError) as error:
            why = translate_error(str(error))
            self.message_user(request, _("The balance could not be read. %(why)s") % {"why": why}, messages.ERROR)
        index = reverse("admin:app_list", args=["viber_messaging"], current_app=self.admin_site.name)
        return HttpResponseRedirect(index)
