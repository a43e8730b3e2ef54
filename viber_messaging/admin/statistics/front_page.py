"""The top of the app's first page: one line that says whether all is well, and the buttons for the usual work."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from viber_messaging.admin.pages.banner import stop_url_of
from viber_messaging.admin.pages.links import url_of
from viber_messaging.admin.permissions import (
    ADD_CAMPAIGN,
    ADD_MESSAGE,
    IMPORT_RECIPIENT,
    has,
    may_see_messages,
    may_send,
)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """Where the usual work begins; without what this user may not do."""

    buttons: list[tuple[str, Any]]
    """URLs and labels."""
    resend_url: str
    stop_url: str
    search_url: str


def start_of(request: HttpRequest, site_name: str) -> Start:
    """Return what this user may begin here. Asks the database nothing but whether sending was stopped."""
    return Start(
        buttons=list(_buttons(request, site_name)),
        resend_url=url_of("viber_messaging_message_resend", site_name) if may_send(request) else "",
        stop_url=stop_url_of(request, site_name),
        search_url=url_of("viber_messaging_message_search", site_name) if may_see_messages(request) else "",
    )


def _buttons(request: HttpRequest, site_name: str) -> Iterator[tuple[str, Any]]:
    offered = [
        ("message_add", NEW["message"], ADD_MESSAGE),
        ("campaign_add", NEW["campaign"], ADD_CAMPAIGN),
        ("recipient_import", _("Import"), IMPORT_RECIPIENT),
    ]
    for page, label, permission in offered:
        if has(request, permission) and (url := url_of(f"viber_messaging_{page}", site_name)):
            yield url, label
