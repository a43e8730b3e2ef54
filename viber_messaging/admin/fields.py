"""Fields that the forms share: a phone in any spelling, a sender from the list, a kind of message, a moment."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminSplitDateTime, AdminTextInputWidget
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from viber_messaging.models import Sender
from viber_messaging.models.validators import uncertain
from viber_messaging.states import MessageType

LONGEST_SPELLING = 64
"""Characters of a phone as people write it, with brackets and spaces; it is stored in 16."""


def phone_field(max_length: int = LONGEST_SPELLING) -> forms.CharField:
    """Return a field for a phone in any spelling; the model says what is wrong with it."""
    return forms.CharField(
        label=_("Phone"),
        max_length=max_length,
        widget=AdminTextInputWidget(attrs={"inputmode": "tel", "autocomplete": "off"}),
        help_text=_("In any usual spelling, such as 097 123-45-67."),
    )


def sender_field(current: str) -> forms.ChoiceField:
    """Return a choice of the active senders, and of the one that a draft has already."""
    names = list(Sender.objects.filter(is_active=True).values_list("name", flat=True))
    if current and current not in names:
        names.append(current)
    hint = "" if names else _("There is no active sender yet: add one under Senders first.")
    choices = [(name, name) for name in names]
    return forms.ChoiceField(
        label=_("Sender"),
        choices=choices if len(names) == 1 else [("", "---------"), *choices],
        help_text=hint,
    )


def type_field() -> forms.ChoiceField:
    """Return the three kinds of message, each with a picture of it."""
    pictured = [
        (value, format_html('<span class="viber-type viber-type-{}" aria-hidden="true"></span>{}', value, label))
        for value, label in MessageType.choices
    ]
    return forms.ChoiceField(
        label=_("Type"),
        choices=pictured,
        initial=MessageType.TEXT,
        widget=forms.RadioSelect(attrs={"class": "viber-types"}),
    )


class MomentField(forms.SplitDateTimeField):
    """A day and an hour; says of a time that the clocks do not tell whether they skip it or show it twice."""

    def compress(self, data_list: Any) -> datetime | None:
        """Return the moment. Raises ValidationError naming the zone in which it was typed."""
        try:
            moment: datetime | None = super().compress(data_list)
        except ValidationError as error:
            if error.code != "ambiguous_timezone":
                raise
            typed = datetime.combine(data_list[0], data_list[1], timezone.get_current_timezone())
            raise uncertain(typed) from error
        return moment


class MomentWidget(AdminSplitDateTime):
    """Two boxes, each with a name of its own for those who do not see the word beside it."""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Name the boxes by the words beside them."""
        context: dict[str, Any] = super().get_context(name, value, attrs)
        words = (context["date_label"], context["time_label"])
        for box, word in zip(context["widget"]["subwidgets"], words, strict=True):
            box["attrs"]["aria-label"] = str(word).rstrip(":")
        return context
