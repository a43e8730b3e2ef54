"""Fields shared by forms: a phone in any spelling, a sender, a type of message, a date and time."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminSplitDateTime, AdminTextInputWidget
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from viber_messaging.models import Sender
from viber_messaging.models.validators import BUTTON_MAX_LENGTH, uncertain
from viber_messaging.states import MessageType

LONGEST_SPELLING = 64
"""The most characters of a phone as people write it, with brackets and spaces; it is stored in 16."""
TOO_LONG = _("The text has %(show_value)s characters; at most %(limit_value)s are sent. Shorten it.")
LONGEST_REST = 40
"""The most characters of what would be cut off that an error shows."""


def phone_field(max_length: int = LONGEST_SPELLING) -> forms.CharField:
    """Return a field for a phone in any spelling; the model validates it."""
    return forms.CharField(
        label=_("Phone"),
        max_length=max_length,
        widget=AdminTextInputWidget(attrs={"inputmode": "tel", "autocomplete": "off"}),
        help_text=_("In any common format, such as 097 123-45-67."),
    )


def sender_field(current: str) -> forms.ChoiceField:
    """Return a choice of the active senders, and the one that a draft already has."""
    names = list(Sender.objects.filter(is_active=True).values_list("name", flat=True))
    if current and current not in names:
        names.append(current)
    choices = [(name, name) for name in names]
    return forms.ChoiceField(
        label=_("Sender"),
        choices=choices if len(names) == 1 else [("", "---------"), *choices],
    )


def allow_too_much(field: Any) -> None:
    """Let a browser take more characters than a caption has, so that its error can show what would be cut off."""
    field.widget.attrs.pop("maxlength", None)
    others = [each for each in field.validators if not isinstance(each, MaxLengthValidator)]
    field.validators = [*others, refuse_cut_caption]


def refuse_cut_caption(caption: str) -> None:
    """Raise ValidationError that shows what a button has no room for."""
    if rest := caption[BUTTON_MAX_LENGTH:]:
        sentence = ngettext(
            "A button has room for %(limit)s characters: %(count)s too many, “%(rest)s”.",
            "A button has room for %(limit)s characters: %(count)s too many, “%(rest)s”.",
            len(rest),
        )
        facts = {"limit": BUTTON_MAX_LENGTH, "count": len(rest), "rest": Truncator(rest).chars(LONGEST_REST)}
        raise ValidationError(sentence % facts, code="max_length")


def type_field() -> forms.ChoiceField:
    """Return a choice of the three message types, each with a picture."""
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
    """A date and a time; for an invalid time, explains whether the clocks skip it or show it twice."""

    def compress(self, data_list: Any) -> datetime | None:
        """Return the time. Raises ValidationError that names its time zone."""
        try:
            moment: datetime | None = super().compress(data_list)
        except ValidationError as error:
            if error.code != "ambiguous_timezone":
                raise
            typed = datetime.combine(data_list[0], data_list[1], timezone.get_current_timezone())
            raise uncertain(typed) from error
        return moment


class MomentWidget(AdminSplitDateTime):
    """Two inputs with separate labels for screen readers."""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Label the inputs with the words beside them."""
        context: dict[str, Any] = super().get_context(name, value, attrs)
        words = (context["date_label"], context["time_label"])
        for box, word in zip(context["widget"]["subwidgets"], words, strict=True):
            box["attrs"]["aria-label"] = str(word).rstrip(":")
        return context
