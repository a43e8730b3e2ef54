"""The base of the pages of one campaign: who may view it, and how it is found."""

from typing import Any

from django.contrib.admin.utils import unquote
from django.http import Http404

from viber_messaging.admin.pages.view import AdminView
from viber_messaging.delivery.storage import tables
from viber_messaging.models import Campaign


class CampaignView(AdminView):
    """A page of the campaign in the URL, for users who may view campaigns."""

    def find_campaign(self, object_id: str) -> Campaign:
        """Return the campaign. Raises PermissionDenied before revealing whether it exists."""
        self.require(self.model_admin.has_view_permission(self.request))
        campaign: Any = self.model_admin.get_object(self.request, unquote(object_id))
        if campaign is None:
            raise Http404
        found: Campaign = tables.campaigns().get(pk=campaign.pk)
        return found
