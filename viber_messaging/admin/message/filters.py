"""The filters of the list of messages. Their choices are known without reading the messages, and each has its index."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Concat
from django.db.models.lookups import Exact
from django.http import HttpRequest
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from viber_messaging.admin.message.day_filter import DAY, FIRST_DAY, LAST_DAY
from viber_messaging.admin.pages.changelist import COUNTED
from viber_messaging.admin.permissions import may_see_campaigns
from viber_messaging.gateway.codes import MessageCode
from viber_messaging.models import Campaign, Message, Sender
from viber_messaging.states import MessageState
from viber_messaging.words.explanations import MESSAGE_CODES, name_message_code

LAST_CAMPAIGNS = 10
"""Campaigns offered; a page of a campaign leads to the messages of any other."""

STATE, CODE, CAMPAIGN, SENDER = "state__exact", "code", "campaign", "sender"


class StateFilter(admin.ChoicesFieldListFilter):
    """By the state; its title follows "By", and not every language leaves a noun as it is there."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = pgettext_lazy("filter", "state")


class ChosenFilter(admin.SimpleListFilter):
    """A filter that narrows the list also where what was chosen is offered no more."""

    def has_output(self) -> bool:
        """Return whether there is something to choose, or was."""
        return super().has_output() or bool(self.value())


class SenderFilter(ChosenFilter):
    """By the names that messages are sent under now; a search of all that ever were would read every message."""

    title = pgettext_lazy("filter", "sender")
    parameter_name = SENDER

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[Any, str]]:
        """Return the senders by name."""
        return [(name, name) for name in Sender.objects.values_list("name", flat=True)]

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Message]") -> "QuerySet[Message]":
        """Narrow the list to one of them."""
        name = self.value()
        if not name:
            return queryset
        # Of the two the rarer one shall lead to the rows, and SQLite knows of none how rare it is.
        is_led = bool(request.GET.get(STATE)) and _is_common(name)
        return queryset.filter(_without_index("sender", name) if is_led else Q(sender=name))


def _is_common(sender: str) -> bool:
    return Message.objects.filter(sender=sender).values("pk")[:COUNTED].count() >= COUNTED


def _without_index(field: str, value: str) -> Q:
    """Return the condition that a field has this value, compared in the rows that something else leads to."""
    return Q(Exact(Concat(field, Value("")), Value(value)))


class CampaignFilter(ChosenFilter):
    """By one of the last campaigns, or by the one in the address, however old."""

    title = pgettext_lazy("filter", "campaign")
    parameter_name = CAMPAIGN

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[Any, str]]:
        """Return the last campaigns, the latest first, and the chosen one; to who may not see them only its number."""
        if not may_see_campaigns(request):
            return [(str(chosen), f"#{chosen}") for chosen in [self._chosen()] if chosen]
        campaigns = Campaign.objects.order_by("-pk").values_list("pk", "name")
        found = list(campaigns[:LAST_CAMPAIGNS])
        chosen = self._chosen()
        if chosen and chosen not in dict(found):
            found += campaigns.filter(pk=chosen)
        return [(str(pk), Truncator(name).chars(40)) for pk, name in found]

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Message]") -> "QuerySet[Message]":
        """Narrow the list to one of them."""
        if not self.value():
            return queryset
        chosen = self._chosen()
        return queryset.filter(campaign=chosen) if chosen else queryset.none()

    def _chosen(self) -> int | None:
        value = str(self.value() or "")
        return int(value) if value.isascii() and value.isdecimal() and len(value) < 19 else None


class CodeFilter(admin.SimpleListFilter):
    """By what the gateway said last, in its own numbers."""

    title = _("the gateway's code")
    parameter_name = CODE
    template = "admin/viber_messaging/code_filter.html"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[Any, str]]:
        """Return the gateway's table, and the number in the address where the table does not have it."""
        known = [(str(int(code)), name_message_code(code)) for code in sorted(MESSAGE_CODES)]
        chosen = self._chosen()
        return known if chosen is None or chosen in MESSAGE_CODES else [*known, (str(chosen), str(chosen))]

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Message]") -> "QuerySet[Message]":
        """Narrow the list to one of them."""
        if not self.value():
            return queryset
        chosen = self._chosen()
        if chosen == MessageCode.RECEIVED:
            # The index of codes may lack it, and that of states leads to all that have it.
            return queryset.filter(status_code=chosen, state=MessageState.ACCEPTED)
        return queryset.none() if chosen is None else queryset.filter(status_code=chosen)

    def choices(self, changelist: Any) -> Iterator[Any]:
        """Return the options of a menu; with the first one what its form needs."""
        hidden = [pair for pair in changelist.params.items() if pair[0] != CODE]
        yield {"selected": not self.value(), "value": "", "display": _("All"), "hidden": hidden}
        for value, title in self.lookup_choices:
            yield {"selected": self.value() == value, "value": value, "display": title}

    def _chosen(self) -> int | None:
        value = str(self.value() or "")
        return int(value) if value.isascii() and value.isdecimal() and len(value) < 10 else None


def natural_order(request: HttpRequest) -> list[str]:
    """Return the order in which an index yields what these filters find, so that nothing need be sorted."""
    if any(request.GET.get(name) for name in (STATE, SENDER, CODE)):
        return ["-id"]
    if request.GET.get(CAMPAIGN):
        return ["-state", "-id"]
    has_days = any(request.GET.get(name) for name in (DAY, FIRST_DAY, LAST_DAY))
    return ["-created_at"] if has_days else ["-id"]
