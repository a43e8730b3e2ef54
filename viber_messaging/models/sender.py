"""The names that messages are sent under."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from viber_messaging.models.validators import SENDER_MAX_LENGTH, validate_sender_name


class SenderQuerySet(models.QuerySet["Sender"]):
    def active(self) -> "SenderQuerySet":
        """Return the senders that staff may choose."""
        return self.filter(is_active=True)


class Sender(models.Model):
    """A sender's name, registered with the gateway beforehand."""

    name = models.CharField(
        _("name"),
        max_length=SENDER_MAX_LENGTH,
        unique=True,
        validators=[validate_sender_name],
        help_text=_("As registered with the gateway: 3 to 11 Latin letters, digits, spaces or . - _"),
    )
    is_active = models.BooleanField(_("active"), default=True, help_text=_("Offered when a message is written."))

    objects: ClassVar[models.Manager["Sender"]] = SenderQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name = _("sender")
        verbose_name_plural = _("senders")

    def __str__(self) -> str:
        return self.name
