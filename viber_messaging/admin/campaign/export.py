"""Export a campaign's messages as a spreadsheet: those to people who were not reached, or all."""

from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from viber_messaging.admin.campaign.view import CampaignView
from viber_messaging.admin.lists.download import export
from viber_messaging.admin.pages.sentences import in_english
from viber_messaging.admin.permissions import may_export_messages
from viber_messaging.delivery.storage import tables
from viber_messaging.exports import Format, export_messages
from viber_messaging.models import Campaign, Message


class ExportView(CampaignView):
    """Returns a campaign's messages to users who may export."""

    is_outside_transactions = True

    def post(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        """Return the messages; invalid options mean those not received, as XLSX."""
        campaign = self.find_campaign(object_id)
        self.require(may_export_messages(request))
        is_all = request.POST.get("who") == "all"
        format = Format.CSV if request.POST.get("format") == Format.CSV else Format.XLSX  # noqa: A001
        rows = messages_of(campaign, is_all=is_all)
        count = rows.count()
        self.model_admin.log_change(request, campaign, in_english(lambda: exported(scope_of(is_all=is_all), count)))
        scope = scope_of(is_all=is_all)
        name = f"{campaign.name} - {scope} {localdate()}"
        return export(lambda file: export_messages(rows, file, format), name, format, model=Message)


def scope_of(*, is_all: bool) -> str:
    """Return which messages were chosen, in words."""
    return _("all messages") if is_all else _("people who were not reached")


def messages_of(campaign: Campaign, *, is_all: bool) -> "QuerySet[Message]":
    """Return a campaign's messages: all, or those to people who were not reached."""
    messages = tables.messages().filter(campaign=campaign.pk)
    return messages if is_all else messages.unreached()


def exported(scope: str, count: int) -> str:
    """Return the history entry for an export."""
    sentence = ngettext("Exported: %(what)s, %(count)s row", "Exported: %(what)s, %(count)s rows", count)
    return sentence % {"what": scope, "count": count}
