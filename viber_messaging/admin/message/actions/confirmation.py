"""The question before many messages are sent or changed: exactly how many, which are not and why, and the balance."""

from collections.abc import Mapping
from typing import Any

from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from viber_messaging.admin.message.actions.action import Action, Question
from viber_messaging.admin.pages.address import number_in
from viber_messaging.delivery import consent
from viber_messaging.delivery.connection import health
from viber_messaging.delivery.sms.weight import SmsWeight
from viber_messaging.models import Message
from viber_messaging.models.message_queries import MessageQuerySet
from viber_messaging.states import MessageState

CONFIRMED = "_confirm"
"""The field with the number that the page showed when its button was pressed."""


def ask_first(model_admin: Any, request: HttpRequest, queryset: MessageQuerySet, action: Action) -> HttpResponse | None:
    """Return the page that asks; None if there is nothing to ask, or this number was confirmed.

    If more messages would be changed than were shown, it asks again.
    """
    if action.question is None:
        return None
    counts = _by_state(queryset)
    if sum(counts.values()) < 2:
        return None
    possible = action.narrow(queryset.filter(action.question.possible))
    unwanted = consent.unwanted(possible).count() if action.sends else 0
    weight = action.question.weigh(consent.wanted(possible)) if action.question.weigh else None
    count = possible.count() - unwanted - (weight.too_long if weight else 0)
    if not count or count <= confirmed_count(request):
        return None
    context = _context(request, action, action.question, count)
    left = _facts(counts, _by_state(possible), {_("the recipient opted out"): unwanted, **_too_long(weight)})
    page: HttpResponse = model_admin.render_page(request, "confirm.html", **context, left=left, weight=weight)
    return page


def _context(request: HttpRequest, action: Action, question: Question, count: int) -> dict[str, Any]:
    row = health.current()
    return {
        "title": question.title,
        "button": question.button % {"count": count},
        "warning": question.warning,
        "sends": action.sends,
        "count": count,
        "was_changed": CONFIRMED in request.POST,
        "balance": row if action.sends and row.balance_amount is not None else None,
        "action": action.name,
        "confirmed": CONFIRMED,
        "select_across": request.POST.get("select_across", "0"),
        "selected": request.POST.getlist(ACTION_CHECKBOX_NAME),
        "action_checkbox_name": ACTION_CHECKBOX_NAME,
    }


def confirmed_count(request: HttpRequest) -> int:
    """Return the number that this user confirmed; 0 if none was shown."""
    return number_in(request.POST.get(CONFIRMED, ""), most_digits=11) or 0


def _by_state(queryset: "QuerySet[Message]") -> dict[str, int]:
    rows = queryset.order_by().values("state").annotate(count=Count("pk"))
    return {row["state"]: row["count"] for row in rows}


def _facts(counts: Mapping[str, int], possible: Mapping[str, int], reasons: Mapping[str, int]) -> list[tuple[str, int]]:
    """Return the counts of messages that are not changed: in the order of a message's states, then by reason."""
    left = [(str(state.label), counts.get(state, 0) - possible.get(state, 0)) for state in MessageState]
    return [(label, count) for label, count in [*left, *reasons.items()] if count > 0]


def _too_long(weight: SmsWeight | None) -> dict[str, int]:
    return {_("too long for an SMS"): weight.too_long} if weight else {}
