"""The question before many messages are sent or changed: how many exactly, how many not and why, and what is left."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from viber_messaging.admin.pages.base import BaseAdmin
from viber_messaging.delivery import consent
from viber_messaging.delivery.connection import account, health
from viber_messaging.delivery.status import manual
from viber_messaging.models import Message
from viber_messaging.models.message import MessageQuerySet
from viber_messaging.states import CANCELLABLE_STATES, RETRYABLE_STATES, SENDABLE_STATES, MessageState

CONFIRMED = "_confirm"
"""Holds the number that the page showed, when its button was pressed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """What an action does to which messages, in the words of the question."""

    title: Promise
    button: Any
    possible: Q
    sends: bool = True
    warning: Promise | str = ""


_UNDECIDED = Q(error__in=manual.UNDECIDED, state=MessageState.UNCONFIRMED)

DEEDS: Mapping[str, Deed] = {
    "send_selected": Deed(
        title=gettext_lazy("Send these messages?"),
        button=ngettext_lazy("Send %(count)s message", "Send %(count)s messages", "count"),
        possible=Q(state__in=SENDABLE_STATES),
    ),
    "retry_selected": Deed(
        title=gettext_lazy("Retry these messages?"),
        button=ngettext_lazy("Retry %(count)s message", "Retry %(count)s messages", "count"),
        possible=Q(state__in=RETRYABLE_STATES),
    ),
    "cancel_selected": Deed(
        title=gettext_lazy("Cancel these messages?"),
        button=ngettext_lazy("Cancel %(count)s message", "Cancel %(count)s messages", "count"),
        possible=Q(state__in=CANCELLABLE_STATES),
        sends=False,
        warning=gettext_lazy("What the gateway has handed on already cannot be cancelled; you will be told how many."),
    ),
    "mark_sent": Deed(
        title=gettext_lazy("Take these messages for sent?"),
        button=ngettext_lazy("Mark %(count)s message as sent", "Mark %(count)s messages as sent", "count"),
        possible=_UNDECIDED,
        sends=False,
    ),
    "trust_account": Deed(
        title=gettext_lazy("Is this the account that had these messages?"),
        button=ngettext_lazy(
            "Same account: ask again for %(count)s message", "Same account: ask again for %(count)s messages", "count"
        ),
        possible=_UNDECIDED & Q(error=account.OTHER_ACCOUNT),
        sends=False,
        warning=gettext_lazy(
            "Say so only if the key was renewed, or the address changed, and the account is the same. What this "
            "account does not know is sent again: if another account had it, people get it twice."
        ),
    ),
    "send_again": Deed(
        title=gettext_lazy("Send these messages again?"),
        button=ngettext_lazy("Send %(count)s message again", "Send %(count)s messages again", "count"),
        possible=_UNDECIDED,
        warning=gettext_lazy("They may have been sent: people may get them a second time."),
    ),
}


class ConfirmingAdmin(BaseAdmin):
    """Asks before an action does something to more than one message."""

    def ask_first(self, request: HttpRequest, queryset: MessageQuerySet, action: str) -> HttpResponse | None:
        """Return the page that asks; None where there is nothing to ask, or the answer to this number was yes.

        Where more would be touched than were shown it asks again: nobody agreed to those.
        """
        deed, counts = DEEDS[action], _by_state(queryset)
        if sum(counts.values()) < 2:
            return None
        possible = queryset.filter(deed.possible)
        if deed.sends:
            possible = possible.untaken()
        unwanted = consent.unwanted(possible).count() if deed.sends else 0
        count = possible.count() - unwanted
        if not count or count <= _confirmed(request):
            return None
        return self._ask(request, action, count, _facts(counts, _by_state(possible), unwanted))

    def _ask(self, request: HttpRequest, action: str, count: int, left: Sequence[tuple[str, int]]) -> HttpResponse:
        deed, row = DEEDS[action], health.current()
        return self._page(
            request,
            "confirm.html",
            title=deed.title,
            button=deed.button % {"count": count},
            warning=deed.warning,
            sends=deed.sends,
            count=count,
            left=left,
            was_changed=CONFIRMED in request.POST,
            balance=row if deed.sends and row.balance_amount is not None else None,
            action=action,
            confirmed=CONFIRMED,
            select_across=request.POST.get("select_across", "0"),
            selected=request.POST.getlist(ACTION_CHECKBOX_NAME),
            action_checkbox_name=ACTION_CHECKBOX_NAME,
        )


def _confirmed(request: HttpRequest) -> int:
    """Return the number that this person agreed to; 0 where none was shown."""
    number = request.POST.get(CONFIRMED, "")
    return int(number) if number.isascii() and number.isdecimal() and len(number) < 12 else 0


def _by_state(queryset: "QuerySet[Message]") -> dict[str, int]:
    rows = queryset.order_by().values("state").annotate(count=Count("pk"))
    return {row["state"]: row["count"] for row in rows}


def _facts(counts: Mapping[str, int], possible: Mapping[str, int], unwanted: int) -> list[tuple[str, int]]:
    """Return what nothing is done to, in the order of a message's life."""
    left = [(str(state.label), counts.get(state, 0) - possible.get(state, 0)) for state in MessageState]
    return [(label, count) for label, count in [*left, (_("the recipient opted out"), unwanted)] if count > 0]
