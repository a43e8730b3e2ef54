"""The filter of the list of messages by what several states mean to people. Links on the first page set it."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.db.models.lookups import In
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from viber_messaging.admin.message.filters import ChosenFilter
from viber_messaging.admin.statistics.chart import KINDS
from viber_messaging.delivery.queue import holds
from viber_messaging.delivery.status.manual_decisions import IS_UNDECIDED
from viber_messaging.models import Message
from viber_messaging.models.database.indexes import without_index
from viber_messaging.states import TAKEN_STATES, UNREACHED_STATES, WAITING_STATES, MessageState


def is_waiting() -> Q:
    """Return the condition that a message is queued or being sent."""
    return Q(state__in=WAITING_STATES)


def is_held() -> Q:
    """Return the condition that a paused campaign or its quiet hours hold a message back now."""
    return Q(state=MessageState.QUEUED, campaign__in=holds.held_campaigns(timezone.now()))


def is_ready() -> Q:
    """Return the condition that a message waits, and nothing holds it back."""
    held = holds.held_campaigns(timezone.now())
    return is_waiting() & (Q(campaign=None) | ~Q(campaign__in=held) | Q(state=MessageState.SENDING))


SITUATIONS: Final[Mapping[str, tuple[Promise, Callable[[], Q]]]] = {
    "waiting": (_("waiting"), is_waiting),
    "ready": (_("waiting, not held back"), is_ready),
    "held": (_("held back by a campaign"), is_held),
    "undecided": (_("waiting for a person to decide"), lambda: IS_UNDECIDED),
    "sent": (_("sent"), lambda: Q(state__in=TAKEN_STATES)),
    "uncoded": (_("not reached, without a code"), lambda: Q(state__in=UNREACHED_STATES, status_code=None)),
}
"""Besides the kinds of the chart: what each is called, and its condition."""

UNREACHED: Final = "unreached"
"""The people who were not reached, one message for each, as campaigns count them: an SMS may have reached them."""


class KindFilter(ChosenFilter):
    """Filter by a kind or a situation; shown only once it was chosen, because most people filter by state."""

    title = pgettext_lazy("filter", "kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[Any, Any]]:
        """Return the chosen kind, if it is one."""
        labels: dict[str, Any] = {name: label for name, (label, _members) in {**KINDS, **SITUATIONS}.items()}
        labels[UNREACHED] = _("people who were not reached")
        chosen = str(self.used_parameters.get(self.parameter_name, ""))
        return [(chosen, labels[chosen])] if chosen in labels else []

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Message]") -> "QuerySet[Message]":
        """Narrow the list to it."""
        chosen = str(self.value() or "")
        if chosen in SITUATIONS:
            return queryset.filter(SITUATIONS[chosen][1]())
        if chosen == UNREACHED:
            unreached: QuerySet[Message] = queryset.unreached()  # type: ignore[attr-defined]
            return unreached
        # The days or the code, with which these are counted, should lead to the rows, and not the states.
        return queryset.filter(In(without_index("state"), KINDS[chosen][1])) if chosen in KINDS else queryset
