"""The report: what became of the messages of some days, on a page, as a file, and as a group of those who got them."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect, QueryDict
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from viber_messaging.admin.lists.download import export
from viber_messaging.admin.lists.export import EXPORT_PERMISSION
from viber_messaging.admin.lists.history import note_export
from viber_messaging.admin.pages.base import BaseAdmin, outside_transactions
from viber_messaging.admin.pages.campaign_links import SeenCampaigns
from viber_messaging.admin.statistics import chart, tables
from viber_messaging.admin.statistics.report_file import write_report
from viber_messaging.admin.statistics.report_form import WHO, PeopleForm, ReportForm, first_days
from viber_messaging.delivery.people import groups
from viber_messaging.exports import Format, export_messages
from viber_messaging.models import RecipientGroup
from viber_messaging.statistics import Report, Scope, report
from viber_messaging.statistics.tally import today

GROUP_PERMISSIONS = ("viber_messaging.add_recipientgroup", "viber_messaging.add_recipient")
VIEW_PERMISSION = "viber_messaging.view_message"
SHOWN_DAYS = 30
ABOUT_PREFIXES = gettext_noop(
    "By the first digits of the phone: who kept the number with another operator counts under the first one."
)
FILE = "as"


class ReportingAdmin(BaseAdmin):
    """Has a page with a report. Days, a sender and a campaign stand in its address, and nothing of any person."""

    def get_urls(self) -> list[URLPattern]:
        """Add the report, the messages behind it and the group of their recipients to Django's URLs."""
        wrap, name = self.admin_site.admin_view, "viber_messaging_message_report"
        return [
            path("report/", wrap(self.report_view), name=name),
            path("report/messages/", wrap(self.report_messages_view), name=f"{name}_messages"),
            path("report/group/", wrap(self.report_group_view), name=f"{name}_group"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show the list, with the way to the report."""
        return super().changelist_view(request, {"viber_report_url": self._report_url(), **(extra_context or {})})

    def report_view(self, request: HttpRequest) -> HttpResponseBase:
        """Show the report, or give it as a file."""
        if not request.user.has_perm(VIEW_PERMISSION):
            raise PermissionDenied
        data = request.GET if "first" in request.GET else first_days(SHOWN_DAYS)
        campaigns = SeenCampaigns.by(request, self.admin_site.name)
        form = ReportForm(data, campaigns)
        if not form.is_valid():
            return self._page(request, "report.html", title=_("Report"), form=form)
        scope = form.scope()
        found = report(scope)
        if request.GET.get(FILE, "") in list(Format):
            format = Format(request.GET[FILE])  # noqa: A001
            name = _file_name(_("report"), scope)
            note_export(request, self.model, name)
            return export(lambda file: write_report(found, file, format, campaigns), name, format, model=self.model)
        return self._page(
            request, "report.html", title=_("Report"), form=form, **self._report_context(request, scope, found)
        )

    def report_messages_view(self, request: HttpRequest) -> HttpResponseBase:
        """Give the messages behind a report as a file."""
        return self._with_people(request, [EXPORT_PERMISSION], self._export_messages)

    @outside_transactions
    def report_group_view(self, request: HttpRequest) -> HttpResponseBase:
        """Make a group of those who got the messages behind a report, or did not."""
        return self._with_people(request, GROUP_PERMISSIONS, self._make_group)

    def _with_people(
        self,
        request: HttpRequest,
        permissions: Any,
        act: Callable[[HttpRequest, Scope, PeopleForm], HttpResponseBase],
    ) -> HttpResponseBase:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not request.user.has_perms([VIEW_PERMISSION, *permissions]):
            raise PermissionDenied
        campaigns = SeenCampaigns.by(request, self.admin_site.name)
        form, people = ReportForm(request.POST, campaigns), PeopleForm(request.POST)
        if form.is_valid() and people.is_valid():
            return act(request, form.scope(), people)
        self.message_user(request, _("Nothing was done: the form was not understood."), messages.ERROR)
        return HttpResponseRedirect(self._report_url())

    def _export_messages(self, request: HttpRequest, scope: Scope, form: PeopleForm) -> HttpResponseBase:
        rows = scope.messages()
        if states := form.states():
            rows = rows.filter(state__in=states)
        format = Format(form.cleaned_data["format"] or Format.XLSX)  # noqa: A001
        name = _file_name(str(self.opts.verbose_name_plural), scope)
        note_export(request, self.model, name)
        return export(lambda file: export_messages(rows, file, format), name, format, model=self.model)

    def _make_group(self, request: HttpRequest, scope: Scope, form: PeopleForm) -> HttpResponseBase:
        found = scope.messages().filter(state__in=form.states() or [])
        try:
            group, count = groups.make_group(form.cleaned_data["name"], found.values_list("phone", flat=True))
        except ValidationError as error:
            self.message_user(request, " ".join(error.messages), messages.ERROR)
        else:
            self._tell_group(request, group, count)
        return HttpResponseRedirect(self._report_url(scope))

    def _tell_group(self, request: HttpRequest, group: RecipientGroup, count: int) -> None:
        self.log_addition(request, group, _("Made from a report"))
        sentence = ngettext(
            "The group “%(name)s” is made, with %(count)s recipient.",
            "The group “%(name)s” is made, with %(count)s recipients.",
            count,
        )
        self.message_user(request, sentence % {"name": group.name, "count": count}, messages.SUCCESS)

    def _report_context(self, request: HttpRequest, scope: Scope, found: Report) -> dict[str, Any]:
        period, campaigns = found.period, SeenCampaigns.by(request, self.admin_site.name)
        states = list(tables.by_state(period.states))
        return {
            "scope": scope,
            "period": period,
            "presets": self._presets(scope),
            "states": states,
            "days": chart.drawn(period.days),
            "day_rows": [tables.day_of(day, counts, states) for day, counts in period.days.items()],
            "kinds": {kind: label for kind, (label, _states) in chart.KINDS.items()},
            "chart": {"width": chart.WIDTH, "height": chart.HEIGHT},
            "rate": tables.percent(period.states),
            "columns": [
                [
                    (_("By sender"), _("Sender"), tables.by_sender(period.senders), ""),
                    (_("By campaign"), _("Campaign"), tables.by_campaign(period.campaigns, campaigns), ""),
                ],
                [
                    (
                        _("By operator or country"),
                        _("Operator"),
                        tables.by_operator(found.prefixes),
                        _(ABOUT_PREFIXES),
                    )
                ],
            ],
            "failures": list(tables.by_reason(period.failures)),
            "who": WHO,
            "file_url": f"{self._report_url(scope)}&{FILE}=",
            "may_export": request.user.has_perm(EXPORT_PERMISSION),
            "may_group": request.user.has_perms(GROUP_PERMISSIONS),
        }

    def _presets(self, scope: Scope) -> list[tuple[str, str, bool]]:
        """Return the usual periods: their names, addresses, and which of them is shown."""
        now = today()
        month = now.replace(day=1)
        before = month - timedelta(days=1)
        named = [
            (_("Today"), now, now),
            (_("Yesterday"), now - timedelta(days=1), now - timedelta(days=1)),
            (_("7 days"), now - timedelta(days=6), now),
            (_("30 days"), now - timedelta(days=29), now),
            (_("This month"), month, now),
            (_("Last month"), before.replace(day=1), before),
        ]
        other = partial(Scope, sender=scope.sender, campaign=scope.campaign)
        return [
            (name, self._report_url(other(first=first, last=last)), (first, last) == (scope.first, scope.last))
            for name, first, last in named
        ]

    def _report_url(self, scope: Scope | None = None) -> str:
        url = reverse("admin:viber_messaging_message_report", current_app=self.admin_site.name)
        return f"{url}?{_query_of(scope).urlencode()}" if scope else url


def _query_of(scope: Scope) -> QueryDict:
    values: Mapping[str, Any] = {
        "first": f"{scope.first:%Y-%m-%d}",
        "last": f"{scope.last:%Y-%m-%d}",
        "sender": scope.sender,
        "campaign": "" if scope.campaign is None else str(scope.campaign),
    }
    query = QueryDict(mutable=True)
    query.update({name: value for name, value in values.items() if value})
    return query


def _file_name(what: str, scope: Scope) -> str:
    return f"{what} {scope.first:%Y-%m-%d} {scope.last:%Y-%m-%d}"
