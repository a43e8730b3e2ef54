"""Links to campaigns, and to the form for a new one, for users who may open them."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.translation import gettext as _

from viber_messaging.admin.pages.links import url_of
from viber_messaging.admin.permissions import ADD_CAMPAIGN, has, may_see_campaigns
from viber_messaging.delivery.storage import tables
from viber_messaging.delivery.storage.batches import batches


def new_campaign_url(request: HttpRequest, site_name: str, group: int) -> str:
    """Return the URL of the form for a new campaign to this group; empty if this user may not write one."""
    url = url_of("viber_messaging_campaign_add", site_name) if has(request, ADD_CAMPAIGN) else ""
    return f"{url}?groups={group}" if url else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenCampaigns:
    """How one user sees campaigns on pages about messages."""

    may_see: bool
    site_name: str

    @classmethod
    def by(cls, request: HttpRequest, site_name: str) -> "SeenCampaigns":
        """Return how the user of this request sees campaigns."""
        return cls(may_see=may_see_campaigns(request), site_name=site_name)

    def names(self, keys: Iterable[int | None]) -> dict[int | None, str]:
        """Return the label of each campaign, and of messages outside campaigns."""
        names: dict[int | None, str] = {key: f"#{key}" for key in keys}
        for some in batches(filter(None, names)) if self.may_see else ():
            names |= dict(tables.campaigns().filter(pk__in=some).values_list("pk", "name"))
        return {**names, None: _("without a campaign")}

    def url_of(self, key: int) -> str:
        """Return the URL of a campaign's page; empty if this user has none."""
        return url_of("viber_messaging_campaign_change", self.site_name, key) if self.may_see else ""
