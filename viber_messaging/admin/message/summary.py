"""The top of a message's page: to whom and in which state, what that means, and what it belongs to."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from viber_messaging.admin.message.other_half import explain_halves, half_link
from viber_messaging.admin.message.status_sentences import explain_verdict, problem_that_holds
from viber_messaging.admin.pages.dates import date_and_time
from viber_messaging.admin.pages.links import linked, url_of
from viber_messaging.admin.permissions import may_see_campaigns, may_see_people
from viber_messaging.gateway.entities import is_in_range
from viber_messaging.models import Message
from viber_messaging.states import TAKEN_STATES, MessageChannel, MessageState
from viber_messaging.text.phones import spaced
from viber_messaging.words.explanations import explain_state


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What a person wants to know first."""

    look: str
    """The suffix of its CSS class: the state."""
    meaning: str
    relations: list[tuple[str, str]]
    """What it belongs to, as labels and links."""


def title_of(message: Message) -> str:
    """Return the phone and the state, for users who may view the message."""
    return f"{spaced(str(message.phone))} · {MessageState(message.state).label}"


def summary_of(request: HttpRequest, message: Message, site_name: str) -> Summary:
    """Return the summary, with links to pages that this user may view."""
    found = {
        "": _recipient_link(request, message, site_name),
        _("campaign"): _campaign_link(request, message, site_name),
        _("scheduled at"): _schedule(message.scheduled_at),
        _("instead of") if message.channel == MessageChannel.SMS else _("instead"): half_link(message, site_name),
    }
    relations = [(capfirst(label), value) for label, value in found.items() if value]
    return Summary(look=message.state, meaning=" ".join(_meaning(message)), relations=relations)


def _meaning(message: Message) -> Iterator[str]:
    """Yield what the state means, what the gateway said about it, and what to do; nothing twice."""
    where, why = explain_state(message.state), _why(message)
    if where not in why:
        yield where
    if why:
        yield why
    yield from explain_halves(message)


def _why(message: Message) -> str:
    """Return why the message is in this state; empty if all is well, which the state itself says."""
    if message.state == MessageState.QUEUED:
        return problem_that_holds(message)
    return "" if message.state in TAKEN_STATES else explain_verdict(message)


def _recipient_link(request: HttpRequest, message: Message, site_name: str) -> str:
    if message.recipient_id is None or not may_see_people(request):
        return ""
    url = url_of("viber_messaging_recipient_change", site_name, message.recipient_id)
    return linked(url, _("Show the recipient")) if url else ""


def _campaign_link(request: HttpRequest, message: Message, site_name: str) -> str:
    if message.campaign is None or not may_see_campaigns(request):
        return ""
    return linked(url_of("viber_messaging_campaign_change", site_name, message.campaign_id), message.campaign)


def _schedule(moment: datetime | None) -> str:
    """Return when it is scheduled; unconverted if no other time zone can represent it."""
    if moment is None:
        return ""
    return date_and_time(moment) if is_in_range(moment) else moment.isoformat(" ", "minutes")
