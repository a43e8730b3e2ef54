"""A campaign's messages as a spreadsheet: those who did not get it, or all."""

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from viber_messaging.admin.campaign.views import CampaignPages
from viber_messaging.admin.lists.download import export
from viber_messaging.admin.lists.export import EXPORT_PERMISSION
from viber_messaging.admin.pages.base import outside_transactions
from viber_messaging.delivery.storage import tables
from viber_messaging.exports import Format, export_messages
from viber_messaging.models import Campaign, Message

SEE_PERMISSION = "viber_messaging.view_message"


def may_export(request: HttpRequest) -> bool:
    """Tell whether this person may take a campaign's messages away."""
    return bool(request.user.has_perm(EXPORT_PERMISSION) and request.user.has_perm(SEE_PERMISSION))


class CampaignExporting(CampaignPages):
    """Gives a campaign's messages to those who may export."""

    def get_urls(self) -> list[URLPattern]:
        """Add the download to Django's URLs."""
        view = self.admin_site.admin_view(self.export_view)
        return [path("<path:object_id>/export/", view, name="viber_messaging_campaign_export"), *super().get_urls()]

    @outside_transactions
    def export_view(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        """Give the messages, on POST; what is not asked for rightly is those who did not get it, for Excel."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        campaign = self._campaign(request, object_id)
        if not may_export(request):
            raise PermissionDenied
        is_all = request.POST.get("who") == "all"
        format = Format.CSV if request.POST.get("format") == Format.CSV else Format.XLSX  # noqa: A001
        rows = messages_of(campaign, is_all=is_all)
        scope = _("all messages") if is_all else _("who did not get it")
        self.log_change(request, campaign, exported(scope, rows.count()))
        name = f"{campaign.name} - {scope} {localdate()}"
        return export(lambda file: export_messages(rows, file, format), name, format, model=Message)


def messages_of(campaign: Campaign, *, is_all: bool) -> "QuerySet[Message]":
    """Return a campaign's messages: all, or those that their recipients did not get."""
    messages = tables.messages().filter(campaign=campaign.pk)
    return messages if is_all else messages.unreached()


def exported(scope: str, count: int) -> str:
    """Tell what was exported, for the history."""
    sentence = ngettext("Exported: %(what)s, %(count)s row", "Exported: %(what)s, %(count)s rows", count)
    return sentence % {"what": scope, "count": count}
