"""What a group's page shows of its people, and where it leads: to an import into it, and to a campaign to it."""

from typing import Any

from django.http import HttpRequest

from viber_messaging.admin.pages.campaign_links import new_campaign_url
from viber_messaging.admin.pages.links import url_of
from viber_messaging.admin.permissions import IMPORT_RECIPIENT, has, may_see_people
from viber_messaging.delivery.storage import tables
from viber_messaging.models import Recipient, RecipientGroup

SHOWN = 10
"""The number of people on the page; the list has all of them."""


def links_of(request: HttpRequest, group: RecipientGroup, site_name: str) -> dict[str, Any]:
    """Return the URLs of what this user may do with a group; empty for the rest."""
    import_url = url_of("viber_messaging_recipient_import", site_name) if has(request, IMPORT_RECIPIENT) else ""
    return {
        "viber_import_url": f"{import_url}?group={group.pk}" if import_url else "",
        "viber_campaign_url": new_campaign_url(request, site_name, group.pk),
    }


def last_added(request: HttpRequest, group: RecipientGroup, site_name: str) -> list[tuple[str, Recipient]]:
    """Return the people who were added last, each with the URL of their page; none for users who may not see them."""
    if not may_see_people(request):
        return []
    rows = tables.memberships().filter(recipientgroup=group.pk).select_related("recipient").order_by("-pk")
    people = [row.recipient for row in rows[:SHOWN]]
    return [(url_of("viber_messaging_recipient_change", site_name, person.pk), person) for person in people]
