"""The forms: a phone in any spelling, a sender from the list."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminSplitDateTime, AdminTextInputWidget
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from viber_messaging.admin.attributes import AttributesField
from viber_messaging.admin.pasting import WrongNumber, entries, judge
from viber_messaging.admin.saving import SEND_BUTTON
from viber_messaging.delivery import storage
from viber_messaging.models import Message, Recipient, Sender
from viber_messaging.models.validators import TEXT_MAX_LENGTH, uncertain
from viber_messaging.states import MessageType

LONGEST_SPELLING = 64
"""Characters of a phone as people write it, with brackets and spaces; it is stored in 16."""

MOST_PHONES = 200
"""Of one form; a campaign serves more."""
LONGEST_LIST = MOST_PHONES * LONGEST_SPELLING


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


class MessageForm(forms.ModelForm):  # type: ignore[type-arg]
    """A draft."""

    class Meta:
        model = Message
        fields = ("sender", "phone", "type", "text", "image", "button", "url", "scheduled_at")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.takes_several = self.instance.pk is None and SEND_BUTTON in self.data
        self.phones: list[str] = []
        if "sender" in self.fields:
            self.fields["sender"] = sender_field(self.instance.sender)
            self.fields["phone"] = phone_field(LONGEST_LIST)
            self.initial["sender"] = self.initial.get("sender") or storage.senders().default_name()
            self.fields["type"] = type_field()
            self._explain_phone()
            self._explain_text()
            self._explain_time()

    def clean_phone(self) -> str:
        """Return the phone, or the first of those in ``phones``. Raises ValidationError that names each wrong one."""
        typed: str = self.cleaned_data["phone"]
        numbers = entries(typed)
        if len(numbers) < 2:
            return "".join(numbers) or typed
        pasted = judge(numbers)
        if wrong := [_wrong_among_several(number) for number in pasted.wrong]:
            raise ValidationError(wrong)
        if len(pasted.phones) > MOST_PHONES:
            sentence = _("More than %(most)s numbers: put them into a group, and make a campaign for it.")
            raise ValidationError(sentence, code="several", params={"most": MOST_PHONES})
        if len(pasted.phones) > 1 and not self.takes_several:
            raise ValidationError(_("A draft has one phone. Press Send on a new message for several."), code="several")
        self.phones = pasted.phones
        return pasted.phones[0]

    def _explain_phone(self) -> None:
        field = self.fields["phone"]
        if self.instance.pk is None:
            field.help_text = _("In any usual spelling, such as 097 123-45-67; several are separated by commas.")

    def _explain_text(self) -> None:
        self.fields["text"].widget.attrs["rows"] = 5
        self.fields["text"].help_text = _("At most %(limit)s characters.") % {"limit": str(TEXT_MAX_LENGTH)}

    def _explain_time(self) -> None:
        field = self.fields["scheduled_at"]
        zone = _("Time zone: %(zone)s.") % {"zone": timezone.get_current_timezone_name()}
        field.help_text = format_lazy("{} {}", field.help_text, zone)


def _wrong_among_several(number: WrongNumber) -> ValidationError:
    facts = {"place": number.place, "value": number.value, "reason": number.reason}
    return ValidationError(_("Number %(place)s, “%(value)s”: %(reason)s"), code="several", params=facts)


class RecipientForm(forms.ModelForm):  # type: ignore[type-arg]
    """A person with a phone."""

    class Meta:
        model = Recipient
        fields = ("phone", "name", "groups", "attributes")
        field_classes = {"attributes": AttributesField}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "phone" in self.fields:
            self.fields["phone"] = phone_field()
