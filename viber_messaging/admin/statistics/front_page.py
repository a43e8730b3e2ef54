"""The top of the app's first page: one line that says whether all is well, and the buttons for the usual work."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from viber_messaging.admin.pages.links import url_of
from viber_messaging.admin.permissions import ADD_CAMPAIGN, ADD_MESSAGE, IMPORT_RECIPIENT, SEND_CAMPAIGN, has
from viber_messaging.admin.statistics.tables import duration
from viber_messaging.admin.titles import NEW
from viber_messaging.statistics import Standing

LONG = timedelta(minutes=15)
"""A queue whose head has waited for longer than this is not called well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StateLine:
    """Whether messages leave as they should, if nothing stops them."""

    is_well: bool
    text: str


def line_of(now: Standing) -> StateLine:
    """Return the line for a site on which nothing prevents sending."""
    free = now.waiting - now.held
    if not free:
        return StateLine(is_well=True, text=_("All is well: nothing is waiting."))
    facts = {"count": free, "age": duration(now.age())}
    if now.age() > LONG:
        sentence = ngettext(
            "%(count)s message is waiting, the oldest for %(age)s: longer than usual.",
            "%(count)s messages are waiting, the oldest for %(age)s: longer than usual.",
            free,
        )
        return StateLine(is_well=False, text=sentence % facts)
    sentence = ngettext(
        "All is well: %(count)s message is waiting, the oldest for %(age)s.",
        "All is well: %(count)s messages are waiting, the oldest for %(age)s.",
        free,
    )
    return StateLine(is_well=True, text=sentence % facts)


def buttons_of(request: HttpRequest, site_name: str) -> list[tuple[str, Any]]:
    """Return the URLs and labels of what this user may begin here."""
    offered = [
        ("message_add", NEW["message"], has(request, ADD_MESSAGE)),
        ("campaign_add", NEW["campaign"], has(request, ADD_CAMPAIGN)),
        ("recipient_import", _("Import"), has(request, IMPORT_RECIPIENT)),
    ]
    found = [(url_of(f"viber_messaging_{page}", site_name), label) for page, label, may in offered if may]
    return [(url, label) for url, label in found if url]


def stop_url_of(request: HttpRequest, site_name: str) -> str:
    """Return where *Stop all* posts to; empty for users who may not press it."""
    return url_of("viber_messaging_campaign_stop_all", site_name) if has(request, SEND_CAMPAIGN) else ""
