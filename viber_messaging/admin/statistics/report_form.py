"""The forms of a report: its days, sender and campaign, and which of its people."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from viber_messaging.admin.lists.export_form import FORMAT_CHOICES
from viber_messaging.admin.pages.address import number_in
from viber_messaging.admin.pages.campaign_links import SeenCampaigns
from viber_messaging.delivery.storage import tables
from viber_messaging.models import Sender
from viber_messaging.models.message_queries import MessageQuerySet
from viber_messaging.models.recipient import RecipientGroup
from viber_messaging.states import UNREACHED_STATES, MessageChannel
from viber_messaging.statistics import Scope
from viber_messaging.statistics.tally import FIRST_DAY, LAST_DAY, today

LONGEST_DAYS = 366
OFFERED_CAMPAIGNS = 200
"""The number of newest campaigns offered; reports of older ones are linked from their pages."""

ALL = "all"
WHO: Mapping[str, Promise] = {
    "not_delivered": _("not reached"),
    "delivered": _("delivered"),
    ALL: _("all"),
}


def first_days(count: int) -> dict[str, Any]:
    """Return the form's data for this many days up to today."""
    return {"first": today() - timedelta(days=count - 1), "last": today()}


def day_field(label: Any) -> forms.DateField:
    """Return a field for a day for which messages can be counted."""
    sentence = _("Choose a day in this century.")
    return forms.DateField(
        label=label,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        validators=[MinValueValidator(FIRST_DAY, sentence), MaxValueValidator(LAST_DAY, sentence)],
    )


class ReportForm(forms.Form):
    """Which messages are counted."""

    first = day_field(_("From"))
    last = day_field(_("To"))
    sender = forms.ChoiceField(label=_("Sender"), required=False)
    campaign = forms.TypedChoiceField(label=_("Campaign"), required=False, coerce=int, empty_value=None)
    channel = forms.TypedChoiceField(
        label=_("Channel"), required=False, choices=MessageChannel.choices, empty_value=MessageChannel.VIBER.value
    )

    def __init__(self, data: Mapping[str, Any], campaigns: SeenCampaigns) -> None:
        super().__init__(data, auto_id="viber-report-%s")
        names = list(Sender.objects.values_list("name", flat=True))
        asked = str(data.get("sender", ""))
        self.fields["sender"].choices = _choices({name: name for name in [*names, asked] if name})  # type: ignore[attr-defined]
        self.fields["campaign"].choices = _choices(_named(str(data.get("campaign", "")), campaigns))  # type: ignore[attr-defined]

    def offer_channels(self, counts: Mapping[str, Any]) -> None:
        """Hide the choice of a channel if no SMS were counted, and none were asked for."""
        if MessageChannel.SMS not in counts and not self.data.get("channel"):
            self.fields["channel"].widget = forms.HiddenInput()

    def clean(self) -> dict[str, Any]:
        """Check that the days are in order, and not too many to be counted while somebody waits."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last and first > last:
            self.add_error("last", _("The last day is before the first."))
        elif first and last and (last - first).days >= LONGEST_DAYS:
            self.add_error("last", _("A report covers a year at most: choose fewer days."))
        return cleaned

    def scope(self) -> Scope:
        """Return the scope that a valid form describes."""
        return Scope(**self.cleaned_data)


class PeopleForm(forms.Form):
    """Which of the messages, and the result: a file, or a group with a name."""

    who = forms.ChoiceField(choices=list(WHO.items()))
    format = forms.ChoiceField(choices=FORMAT_CHOICES, required=False)
    name = forms.CharField(max_length=RecipientGroup._meta.get_field("name").max_length, required=False)

    def chosen(self, scope: Scope) -> MessageQuerySet:
        """Return the chosen messages of a scope; those that Viber did not deliver without those that an SMS replaced.

        People whom an SMS reached, or may still reach, are not among those who did not get their message.
        """
        who, messages = self.cleaned_data["who"], scope.messages()
        if who == ALL:
            return messages
        if who == "delivered":
            return messages.reached()
        is_viber = scope.channel == MessageChannel.VIBER
        return messages.unreached() if is_viber else messages.filter(state__in=UNREACHED_STATES)


def _choices(named: Mapping[Any, str]) -> list[tuple[Any, Any]]:
    return [("", _("all")), *named.items()]


def _named(asked: str, campaigns: SeenCampaigns) -> Mapping[int | None, str]:
    """Return the newest campaigns, and the requested one, with the labels for this user."""
    found = tables.campaigns().order_by("-pk").values_list("pk", flat=True)
    number = number_in(asked)
    one = found.none() if number is None else found.filter(pk=number)
    keys = [*found[:OFFERED_CAMPAIGNS], *one]
    names = campaigns.names(keys)
    return {key: names[key] for key in keys}
