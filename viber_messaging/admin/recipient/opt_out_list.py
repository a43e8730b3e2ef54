"""Opt out a pasted list of numbers."""

from collections.abc import Iterator

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from viber_messaging.admin.pages.links import url_of
from viber_messaging.admin.pages.sentences import Sentence
from viber_messaging.admin.pasted_numbers.page import PastedNumbersView, Preview
from viber_messaging.admin.permissions import may_import_opt_outs
from viber_messaging.admin.recipient.opt_out import opted_out
from viber_messaging.delivery import consent
from viber_messaging.models import ConsentSource


class OptOutListView(PastedNumbersView):
    """Opts out the numbers, for users who may change recipients."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the form, then what would be done; do it after confirmation."""
        self.require(self.model_admin.has_change_permission(request))
        self.title = _("Opt out with a list")
        self.explanation = _("These people receive no more messages: no new ones, and none that are already queued.")
        site_name = self.model_admin.admin_site.name
        if may_import_opt_outs(request):
            self.spreadsheet_url = url_of("viber_messaging_consentchange_import", site_name)
        return self.show(request)

    post = get

    def preview(self, phones: list[str]) -> Preview:
        """Return how many would be opted out."""
        already = consent.count_opted_out(phones)
        count = len(phones) - already
        button = ngettext("Opt out %(count)s number", "Opt out %(count)s numbers", count) % {"count": count}
        facts = [(_("Will be opted out"), count), (_("Already opted out"), already)]
        return Preview(count=count, button=button, facts=facts)

    def perform(self, phones: list[str]) -> Iterator[Sentence]:
        """Opt them out."""
        count = consent.opt_out(phones, source=ConsentSource.LIST, by=self.request.user)
        yield from opted_out(count)
        if before := len(phones) - count:
            sentence = ngettext(
                "%(count)s number had already opted out.", "%(count)s numbers had already opted out.", before
            )
            yield messages.INFO, sentence % {"count": before}
