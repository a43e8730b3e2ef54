"""The names that messages are sent under."""

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models, router, transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from viber_messaging.models.validators import SENDER_MAX_LENGTH, validate_sender_name


class SenderQuerySet(models.QuerySet["Sender"]):
    """Senders by whether they may be chosen, and the default one."""

    def active(self) -> "SenderQuerySet":
        """Return the senders that staff may choose."""
        return self.filter(is_active=True)

    def default_name(self) -> str:
        """Return the name used if none is given: the default, or the only active one; otherwise an empty string."""
        names = list(self.active().order_by("-is_default", "name").values_list("name", "is_default")[:2])
        return names[0][0] if names and (names[0][1] or len(names) == 1) else ""


class Sender(models.Model):
    """A sender's name, registered with the gateway beforehand."""

    name = models.CharField(
        pgettext_lazy("of a thing", "name"),
        max_length=SENDER_MAX_LENGTH,
        unique=True,
        error_messages={"unique": _("A sender with this name already exists.")},
        validators=[validate_sender_name],
        help_text=_("As registered with the gateway: 3 to 11 Latin letters, digits, spaces or . - _"),
    )
    is_active = models.BooleanField(_("active"), default=True, help_text=_("Offered as a choice for new messages."))
    is_default = models.BooleanField(
        _("default"),
        default=False,
        help_text=_(
            "Selected by default for new messages. Only one sender can be the default: marking another one replaces it."
        ),
    )

    objects: ClassVar[models.Manager["Sender"]] = SenderQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name = _("sender")
        verbose_name_plural = _("senders")

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, using: str | None = None, **kwargs: Any) -> None:
        """Save; a default sender replaces the previous default."""
        database = using or router.db_for_write(type(self), instance=self)
        with transaction.atomic(using=database):
            if self.is_default:
                # Every row is written, so that simultaneous saves wait for each other.
                type(self)._base_manager.using(database).update(is_default=False)
            super().save(*args, using=database, **kwargs)

    def clean(self) -> None:
        """Check that the default sender can be chosen."""
        super().clean()
        if self.is_default and not self.is_active:
            raise ValidationError({"is_default": _("Only an active sender can be the default.")}, code="inactive")
