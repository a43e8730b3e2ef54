"""The people in a report: their messages as a file, and a group of people who got them, or did not."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from viber_messaging.admin.lists.download import export
from viber_messaging.admin.lists.history import note_export
from viber_messaging.admin.pages.campaign_links import SeenCampaigns
from viber_messaging.admin.pages.sentences import in_english
from viber_messaging.admin.pages.view import AdminView
from viber_messaging.admin.permissions import ADD_GROUP, ADD_RECIPIENT, EXPORT_RECIPIENT, VIEW_MESSAGE, has
from viber_messaging.admin.statistics.report import report_url
from viber_messaging.admin.statistics.report_file import file_name
from viber_messaging.admin.statistics.report_form import ALL, PeopleForm, ReportForm
from viber_messaging.delivery.people import groups
from viber_messaging.exports import Format, export_messages
from viber_messaging.models import RecipientGroup
from viber_messaging.statistics import Scope


class PeopleView(AdminView):
    """Performs an operation on the people in a report, for users who may."""

    permissions: tuple[str, ...] = ()

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Perform it for the people chosen in the form."""
        self.require(has(request, VIEW_MESSAGE, *self.permissions))
        campaigns = SeenCampaigns.by(request, self.model_admin.admin_site.name)
        form, people = ReportForm(request.POST, campaigns), PeopleForm(request.POST)
        if form.is_valid() and people.is_valid():
            return self.act(form.scope(), people)
        self.notify(messages.ERROR, _("Nothing was done: the form is invalid."))
        return HttpResponseRedirect(report_url(self.model_admin))

    def act(self, scope: Scope, form: PeopleForm) -> HttpResponseBase:
        """Perform the operation, and return the response."""
        raise NotImplementedError


class ReportMessagesView(PeopleView):
    """Returns the messages in a report as a file."""

    permissions = (EXPORT_RECIPIENT,)

    def act(self, scope: Scope, form: PeopleForm) -> HttpResponseBase:
        """Return the file."""
        rows = form.chosen(scope)
        format = Format(form.cleaned_data["format"] or Format.XLSX)  # noqa: A001
        name = file_name(str(self.model_admin.opts.verbose_name_plural), scope)
        model = self.model_admin.model
        note_export(self.request, model, name)
        return export(lambda file: export_messages(rows, file, format), name, format, model=model)


class ReportGroupView(PeopleView):
    """Creates a group of the people who got the messages in a report, or did not."""

    is_outside_transactions = True
    permissions = (ADD_GROUP, ADD_RECIPIENT)

    def act(self, scope: Scope, form: PeopleForm) -> HttpResponseBase:
        """Create the group, and redirect back to the report."""
        found = form.chosen(scope) if form.cleaned_data["who"] != ALL else scope.messages().none()
        try:
            group, count = groups.make_group(form.cleaned_data["name"], found.values_list("phone", flat=True))
        except ValidationError as error:
            self.notify(messages.ERROR, " ".join(error.messages))
        else:
            self._report_group(group, count)
        return HttpResponseRedirect(report_url(self.model_admin, scope))

    def _report_group(self, group: RecipientGroup, count: int) -> None:
        self.model_admin.log_addition(self.request, group, in_english(lambda: _("Created from a report")))
        sentence = ngettext(
            "The group “%(name)s” was created with %(count)s recipient.",
            "The group “%(name)s” was created with %(count)s recipients.",
            count,
        )
        self.notify(messages.SUCCESS, sentence % {"name": group.name, "count": count})
