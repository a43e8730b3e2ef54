"""The SMS that a Viber message asks for, in case Viber does not reach its recipient."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from viber_messaging.conf import conf
from viber_messaging.models import validators
from viber_messaging.models.database.fields import KeptTextField, SenderNameField
from viber_messaging.text import sms

FALLBACK_FIELDS = ("sms_text", "sms_sender", "sms_after")
"""The fields in which a person asks for an SMS, in the order in which people fill them in."""

MINUTE = 60
LONGEST_DELAY_MINUTES = 2 * 24 * 60
"""Viber itself gives up after up to two days."""


class Fallback(models.Model):
    """Asks for an SMS to people whom Viber does not reach; an empty text asks for none."""

    sms_text = KeptTextField(
        _("SMS text"),
        blank=True,
        default="",
        db_default="",
        validators=[MaxLengthValidator(validators.TEXT_MAX_LENGTH), validators.validate_sendable],
        help_text=_("Sent by SMS if Viber does not reach the recipient. If empty, no SMS is sent."),
    )
    sms_sender = SenderNameField(
        _("SMS sender"),
        max_length=validators.SENDER_MAX_LENGTH,
        blank=True,
        default="",
        db_default="",
        validators=[validators.validate_sender_name],
        help_text=_("The name that the SMS is sent under. If empty, the sender of the Viber message."),
    )
    sms_after = models.PositiveSmallIntegerField(
        _("SMS after"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(LONGEST_DELAY_MINUTES)],
        help_text=_(
            "Minutes to wait for Viber to deliver. If empty, the SMS is sent only if the gateway says that Viber did "
            "not reach the recipient."
        ),
    )

    class Meta:
        abstract = True

    def clean_fields(self, exclude: Any = None) -> None:
        """Normalize line breaks so that the parts are counted as the gateway counts them."""
        if isinstance(self.sms_text, str):
            self.sms_text = sms.plain(self.sms_text)
        super().clean_fields(exclude=exclude)

    def clean(self) -> None:
        """Check that an SMS is possible, and that the fields fit together; report each wrong field by name.

        A site that sends no SMS refuses to be asked for one. What asked for one before is valid, and goes without.
        """
        super().clean()
        if not conf.SMS and not self._state.adding:
            return
        if errors := {**self._unasked(), **self._unwanted(), **self._too_late()}:
            raise ValidationError(errors)

    def _unasked(self) -> dict[str, ValidationError]:
        if self.sms_text or not (self.sms_sender or self.sms_after):
            return {}
        return {"sms_text": ValidationError(_("Write the text of the SMS, or empty its other fields."), "required")}

    def _unwanted(self) -> dict[str, ValidationError]:
        if not self.sms_text:
            return {}
        if not conf.SMS:
            return {"sms_text": ValidationError(_("This site sends no SMS (the setting SMS is False)."), "sms_off")}
        if not self.sms_text.strip():
            return {"sms_text": ValidationError(_("Write the text of the SMS, or empty this field."), "blank")}
        return {}

    def _too_late(self) -> dict[str, ValidationError]:
        if self.sms_after is None or self.sms_after * MINUTE < conf.SMS_EXPIRES:
            return {}
        sentence = _("After this time the SMS is not sent any more: choose fewer than %(most)s minutes.")
        params = {"most": int(conf.SMS_EXPIRES // MINUTE)}
        return {"sms_after": ValidationError(sentence, code="sms_expires", params=params)}


def complaint_about_length(text: str) -> ValidationError | None:
    """Return why an SMS is too long to be sent, or None."""
    parts = sms.count_parts(text)
    if parts <= conf.SMS_MAX_PARTS:
        return None
    sentence = ngettext_lazy(
        "This SMS has %(parts)s part; at most %(most)s are allowed. Shorten it.",
        "This SMS has %(parts)s parts; at most %(most)s are allowed. Shorten it.",
        "parts",
    )
    return ValidationError(sentence, code="sms_parts", params={"parts": parts, "most": conf.SMS_MAX_PARTS})
