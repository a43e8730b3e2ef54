"""The report: the states of the messages of some days, on a page or as a file."""

from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from viber_messaging.admin.lists.download import export
from viber_messaging.admin.lists.history import note_export
from viber_messaging.admin.pages.campaign_links import SeenCampaigns
from viber_messaging.admin.pages.view import AdminView
from viber_messaging.admin.permissions import ADD_GROUP, ADD_RECIPIENT, EXPORT_RECIPIENT, VIEW_MESSAGE, has
from viber_messaging.admin.statistics import chart, tables
from viber_messaging.admin.statistics.report_file import file_name, write_report
from viber_messaging.admin.statistics.report_form import WHO, ReportForm, first_days
from viber_messaging.admin.statistics.report_periods import presets, query_of
from viber_messaging.exports import Format
from viber_messaging.statistics import Period, Report, Scope, report

SHOWN_DAYS = 30
ABOUT_PREFIXES = gettext_noop(
    "By the first digits of the phone number: a number that was moved to another operator counts under its first "
    "operator."
)
ABOUT_CHANNELS = gettext_noop(
    "An SMS goes instead of a Viber message, which is counted as well. All other figures are of the chosen channel."
)
FILE = "as"


class ReportView(AdminView):
    """Shows a report. Its URL has days, a sender and a campaign, but no personal data."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """Show the report, or return it as a file."""
        self.require(has(request, VIEW_MESSAGE))
        data = request.GET if "first" in request.GET else first_days(SHOWN_DAYS)
        campaigns = SeenCampaigns.by(request, self.model_admin.admin_site.name)
        form = ReportForm(data, campaigns)
        if not form.is_valid():
            form.offer_channels({})
            return self._page(form)
        found = report(form.scope())
        if request.GET.get(FILE, "") in list(Format):
            return self._file(found, form.scope(), Format(request.GET[FILE]), campaigns)
        form.offer_channels(found.period.channels)
        return self._page(form, **self._context(form.scope(), found, campaigns))

    post = get

    def _page(self, form: ReportForm, **context: Any) -> HttpResponse:
        return self.render("report.html", title=_("Report"), form=form, **context)

    def _file(self, found: Report, scope: Scope, format: Format, campaigns: SeenCampaigns) -> HttpResponseBase:  # noqa: A002
        name = file_name(_("report"), scope)
        model = self.model_admin.model
        note_export(self.request, model, name)
        return export(lambda file: write_report(found, file, format, campaigns), name, format, model=model)

    def _context(self, scope: Scope, found: Report, campaigns: SeenCampaigns) -> dict[str, Any]:
        url_of = partial(report_url, self.model_admin)
        return {
            "scope": scope,
            "period": found.period,
            "presets": presets(scope, url_of),
            **_by_day(found.period),
            "columns": _columns(found, campaigns),
            "failures": list(tables.by_reason(found.period.failures)),
            "who": WHO,
            "file_url": f"{url_of(scope)}&{FILE}=",
            "may_export": has(self.request, EXPORT_RECIPIENT),
            "may_group": has(self.request, ADD_GROUP, ADD_RECIPIENT),
        }


def report_url(model_admin: Any, scope: Scope | None = None) -> str:
    """Return the URL of the report for these messages, or for the last days."""
    url: str = model_admin.url_to("report")
    return f"{url}?{query_of(scope).urlencode()}" if scope else url


def _by_day(period: Period) -> dict[str, Any]:
    states, days = list(tables.by_state(period.states)), chart.drawn(period.days)
    return {
        "states": states,
        "days": days,
        "day_rows": [tables.day_of(day, counts, states) for day, counts in period.days.items()],
        "kinds": {kind: label for kind, (label, _states) in chart.KINDS.items()},
        "chart": {"width": chart.WIDTH, "height": chart.HEIGHT, "highest": chart.highest(days)},
        "rate": tables.percent(period.states),
    }


def _columns(found: Report, campaigns: SeenCampaigns) -> list[list[tuple[str, str, list[tables.Row], str]]]:
    """Return the tables of each column of the page: title, heading, rows and hint."""
    period = found.period
    by_operator, by_channel = tables.by_operator(found.prefixes), tables.by_channel(period.channels)
    return [
        [
            *([(_("By channel"), _("Channel"), by_channel, _(ABOUT_CHANNELS))] if by_channel else []),
            (_("By sender"), _("Sender"), tables.by_sender(period.senders), ""),
            (_("By campaign"), _("Campaign"), tables.by_campaign(period.campaigns, campaigns), ""),
        ],
        [(_("By operator or country"), _("Operator"), by_operator, _(ABOUT_PREFIXES))],
    ]
