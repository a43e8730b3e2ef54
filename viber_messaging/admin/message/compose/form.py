"""The form of a message: a draft, or a message sent at once to several phones."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from viber_messaging.admin.fields import (
    LONGEST_SPELLING,
    TOO_LONG,
    allow_too_much,
    phone_field,
    sender_field,
    type_field,
)
from viber_messaging.admin.message.compose.save import SEND_BUTTON
from viber_messaging.admin.pasted_numbers.numbers import WrongNumber, entries, judge
from viber_messaging.admin.sms_form import SmsForm
from viber_messaging.delivery.storage import tables
from viber_messaging.models import Message
from viber_messaging.models.mixins.content import EXTRA_FIELDS
from viber_messaging.models.mixins.fallback import FALLBACK_FIELDS
from viber_messaging.models.validators import TEXT_MAX_LENGTH

MOST_PHONES = 200
"""The most phones in one form; for more, there are campaigns."""
LONGEST_LIST = MOST_PHONES * LONGEST_SPELLING


class MessageForm(SmsForm):
    """A draft."""

    is_beyond_user = False
    """Whether the draft carries an SMS, and the user may not send SMS."""

    class Meta:
        model = Message
        fields = ("sender", "phone", "type", "text", *EXTRA_FIELDS, "scheduled_at", *FALLBACK_FIELDS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.takes_several = self.instance.pk is None and SEND_BUTTON in self.data
        self.phones: list[str] = []
        if "sender" in self.fields:
            self.fields["sender"] = sender_field(self.instance.sender)
            self.fields["phone"] = phone_field(LONGEST_LIST)
            self.initial["sender"] = self.initial.get("sender") or tables.senders().default_name()
            self.fields["type"] = type_field()
            allow_too_much(self.fields["button"])
            self._explain_phone()
            self._explain_text()
            self._explain_time()

    def clean(self) -> Any:
        """Refuse *Send* if the draft carries an SMS that this user may not send."""
        if self.is_beyond_user and SEND_BUTTON in self.data:
            sentence = _("Only a user who may send SMS can send this draft, because it carries the text of an SMS.")
            raise ValidationError(sentence, code="sms_permission")
        return super().clean()

    def clean_phone(self) -> str:
        """Return the phone, or the first of ``phones``. Raises ValidationError that names each wrong one."""
        typed: str = self.cleaned_data["phone"]
        numbers = entries(typed)
        if len(numbers) < 2:
            return "".join(numbers) or typed
        pasted = judge(numbers)
        if wrong := [_wrong_among_several(number) for number in pasted.wrong]:
            raise ValidationError(wrong)
        if len(pasted.phones) > MOST_PHONES:
            sentence = _("That is more than %(most)s numbers. Put them into a group and create a campaign for it.")
            raise ValidationError(sentence, code="several", params={"most": MOST_PHONES})
        if len(pasted.phones) > 1 and not self.takes_several:
            raise ValidationError(
                _("A draft has one phone number. To send to several, press Send on a new message."), code="several"
            )
        self.phones = pasted.phones
        return pasted.phones[0]

    def _explain_phone(self) -> None:
        field = self.fields["phone"]
        if self.instance.pk is None:
            field.help_text = _("In any common format, such as 097 123-45-67. Separate several numbers with commas.")

    def _explain_text(self) -> None:
        self.fields["text"].widget.attrs["rows"] = 5
        self.fields["text"].error_messages["max_length"] = TOO_LONG
        self.fields["text"].help_text = _("At most %(limit)s characters.") % {"limit": str(TEXT_MAX_LENGTH)}

    def _explain_time(self) -> None:
        field = self.fields["scheduled_at"]
        zone = _("Time zone: %(zone)s.") % {"zone": timezone.get_current_timezone_name()}
        field.help_text = format_lazy("{} {}", field.help_text, zone)


def _wrong_among_several(number: WrongNumber) -> ValidationError:
    facts = {"place": number.place, "value": number.value, "reason": number.reason}
    return ValidationError(_("Number %(place)s, “%(value)s”: %(reason)s"), code="several", params=facts)
