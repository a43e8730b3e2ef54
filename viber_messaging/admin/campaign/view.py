"""What the pages of one campaign share: who may see it, and where it is found."""

from typing import Any

from django.contrib.admin.utils import unquote
from django.http import Http404

from viber_messaging.admin.pages.view import AdminView
from viber_messaging.delivery.storage import tables
from viber_messaging.models import Campaign


class CampaignView(AdminView):
    """A page of the campaign that the address names, for those who may see campaigns."""

    def find_campaign(self, object_id: str) -> Campaign:
        """Return the campaign. Raises PermissionDenied before it says whether there is one."""
        self.require(self.model_admin.has_view_permission(self.request))
        campaign: Any = self.model_admin.get_object(self.request, unquote(object_id))
        if campaign is None:
            raise Http404
        found: Campaign = tables.campaigns().get(pk=campaign.pk)
        return found
