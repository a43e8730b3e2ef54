"""The filters of the list of messages. Their choices are known without reading messages, and each uses an index."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.db.models.lookups import Exact
from django.http import HttpRequest
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from viber_messaging.admin.message.day_filter import DAY, FIRST_DAY, LAST_DAY
from viber_messaging.admin.pages.address import number_in
from viber_messaging.admin.pages.changelist import COUNTED
from viber_messaging.admin.permissions import may_see_campaigns
from viber_messaging.conf import conf
from viber_messaging.gateway.codes import MessageCode
from viber_messaging.models import Campaign, Message, Sender
from viber_messaging.models.database.indexes import without_index
from viber_messaging.states import MessageChannel, MessageState
from viber_messaging.statistics.cache import remembered
from viber_messaging.words.explanations import MESSAGE_CODES, name_message_code

LAST_CAMPAIGNS = 10
"""The number of campaigns offered; for others, the campaign's page links to its messages."""

STATE, CHANNEL, CODE, CAMPAIGN, SENDER = "state__exact", "channel", "code", "campaign", "sender"


class ChosenFilter(admin.SimpleListFilter):
    """A filter that also works if the chosen value is no longer offered."""

    def has_output(self) -> bool:
        """Return whether there is something to choose, or something was chosen."""
        return super().has_output() or bool(self.value())


class ChannelFilter(ChosenFilter):
    """Filter by Viber or SMS, on a site that has sent any SMS."""

    title = _("channel")
    parameter_name = CHANNEL

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[Any, Any]]:
        """Return both channels; none if there was no SMS a minute ago."""
        has_sms = conf.SMS and remembered("has_sms", Message.objects.all().has_sms)
        return MessageChannel.choices if has_sms else []

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Message]") -> "QuerySet[Message]":
        """Narrow the list to one of them."""
        return queryset.filter(channel=self.value()) if self.value() else queryset


class SenderFilter(ChosenFilter):
    """Filter by current sender names; finding all names ever used would read every message."""

    title = _("sender")
    parameter_name = SENDER

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[Any, str]]:
        """Return the senders by name."""
        return [(name, name) for name in Sender.objects.values_list("name", flat=True)]

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Message]") -> "QuerySet[Message]":
        """Narrow the list to one of them."""
        name = self.value()
        if not name:
            return queryset
        # The rarer of the two should lead to the rows, but SQLite does not know how rare they are.
        is_led = bool(request.GET.get(STATE)) and _is_common(name)
        return queryset.filter(Exact(without_index("sender"), name) if is_led else Q(sender=name))


def _is_common(sender: str) -> bool:
    return Message.objects.filter(sender=sender).values("pk")[:COUNTED].count() >= COUNTED


class CampaignFilter(ChosenFilter):
    """Filter by one of the last campaigns, or by the one in the URL, however old."""

    title = _("campaign")
    parameter_name = CAMPAIGN

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[Any, str]]:
        """Return the last campaigns, latest first, and the chosen one; only its number if the user may not view it."""
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
        return number_in(str(self.value() or ""))


class CodeFilter(admin.SimpleListFilter):
    """Filter by the gateway's last code."""

    title = _("the gateway's code")
    parameter_name = CODE

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[Any, str]]:
        """Return the gateway's codes, and the code in the URL if it is not among them."""
        known = [(str(int(code)), name_message_code(code)) for code in sorted(MESSAGE_CODES)]
        chosen = self._chosen()
        return known if chosen is None or chosen in MESSAGE_CODES else [*known, (str(chosen), str(chosen))]

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Message]") -> "QuerySet[Message]":
        """Narrow the list to one of them."""
        if not self.value():
            return queryset
        chosen = self._chosen()
        if chosen == MessageCode.RECEIVED:
            # The index of codes may lack this code; the index of states leads to all rows that have it.
            return queryset.filter(status_code=chosen, state=MessageState.ACCEPTED)
        return queryset.none() if chosen is None else queryset.filter(status_code=chosen)

    def _chosen(self) -> int | None:
        return number_in(str(self.value() or ""), most_digits=9)


def natural_order(request: HttpRequest) -> list[str]:
    """Return the order in which an index finds the rows for these filters, so that nothing needs sorting."""
    if any(request.GET.get(name) for name in (STATE, SENDER, CODE)):
        return ["-id"]
    if request.GET.get(CAMPAIGN):
        return ["-state", "-id"]
    has_days = any(request.GET.get(name) for name in (DAY, FIRST_DAY, LAST_DAY))
    return ["-created_at"] if has_days else ["-id"]
