"""The first steps on a new site: a sender, a test to yourself, a spreadsheet. Each is done once the data show it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from viber_messaging.admin.pages.links import url_of
from viber_messaging.admin.permissions import ADD_MESSAGE, ADD_SENDER, IMPORT_RECIPIENT, SEND_MESSAGE, has
from viber_messaging.admin.titles import NEW
from viber_messaging.delivery.storage import tables
from viber_messaging.states import HANDED_ON_STATES, TAKEN_STATES
from viber_messaging.statistics import Period

RECEIVED_STATES = TAKEN_STATES | HANDED_ON_STATES
"""The gateway has taken these, so that its key and a sender work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step: what it is for, and where to do it."""

    title: str
    text: str
    is_done: bool
    button: Any
    url: str
    """Empty if it is done, if this user may not do it, or if it needs another step first."""
    obstacle: str = ""
    """Why there is no button, if the step is not done."""


def steps_of(request: HttpRequest, site_name: str, month: Period) -> list[Step]:
    """Return the three steps; none if all are done, or if this user may not do any that is left."""
    steps = [_sender(request, site_name), *_test_and_spreadsheet(request, site_name, month)]
    return steps if any(step.url for step in steps) else []


def _sender(request: HttpRequest, site_name: str) -> Step:
    is_done = tables.senders().active().exists()
    return Step(
        title=_("Add a sender"),
        text=_("The name under which people see your messages, as it is registered with the gateway."),
        is_done=is_done,
        button=NEW["sender"],
        **_way(request, site_name, "sender_add", is_done, ADD_SENDER),
    )


def _test_and_spreadsheet(request: HttpRequest, site_name: str, month: Period) -> Iterator[Step]:
    has_sent = _has_sent(month)
    yield Step(
        title=_("Send yourself a test"),
        text=_("Write a message. Beside it, enter your own phone and press “Save draft and send me a test”."),
        is_done=has_sent,
        button=NEW["message"],
        **_way(request, site_name, "message_add", has_sent, ADD_MESSAGE, SEND_MESSAGE),
    )
    has_people = any(month.campaigns) or tables.recipients().exists()
    yield Step(
        title=_("Import a spreadsheet"),
        text=_("Phones, names, and whatever your texts mention. You see a preview before anything is saved."),
        is_done=has_people,
        button=_("Import"),
        **_way(request, site_name, "recipient_import", has_people, IMPORT_RECIPIENT),
    )


def _has_sent(month: Period) -> bool:
    """Return whether the gateway has ever taken a message; usually one of the last month shows it."""
    is_recent = any(month.states.get(state) for state in RECEIVED_STATES)
    return is_recent or tables.messages().filter(state__in=RECEIVED_STATES).exists()


def _way(request: HttpRequest, site_name: str, page: str, is_done: bool, *permissions: str) -> dict[str, str]:
    """Return where to do a step, or why this user cannot."""
    if is_done:
        return {"url": ""}
    if not has(request, *permissions):
        return {"url": "", "obstacle": _("You may not do this. Ask your administrator.")}
    return {"url": url_of(f"viber_messaging_{page}", site_name)}
