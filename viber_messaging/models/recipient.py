"""The people who can be written to, and the groups that they are kept in."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from viber_messaging.models.fields import E164, PhoneField


class RecipientGroup(models.Model):
    """A named list of recipients."""

    name = models.CharField(pgettext_lazy("of a thing", "name"), max_length=100, unique=True)

    class Meta:
        ordering = ["name"]
        verbose_name = _("recipient group")
        verbose_name_plural = _("recipient groups")

    def __str__(self) -> str:
        return self.name


class RecipientQuerySet(models.QuerySet["Recipient"]):
    def reachable(self) -> "RecipientQuerySet":
        """Return the recipients who did not opt out."""
        return self.filter(opted_out_at=None)


class Recipient(models.Model):
    """A person with a phone; ``attributes`` keeps the spreadsheet's other columns."""

    phone = PhoneField(_("phone"), max_length=21, unique=True)
    name = models.CharField(_("name"), max_length=200, blank=True, default="")
    attributes = models.JSONField(_("attributes"), blank=True, default=dict)
    groups = models.ManyToManyField(RecipientGroup, blank=True, related_name="recipients", verbose_name=_("groups"))
    opted_out_at = models.DateTimeField(
        _("opted out at"), null=True, blank=True, help_text=_("Since then this person is sent nothing.")
    )

    objects: ClassVar[models.Manager["Recipient"]] = RecipientQuerySet.as_manager()

    class Meta:
        verbose_name = _("recipient")
        verbose_name_plural = _("recipients")
        permissions = [
            ("import_recipient", _("Can import recipients")),
            ("export_recipient", _("Can export recipients")),
        ]
        constraints = [
            models.CheckConstraint(name="viber_recipient_phone_is_e164", condition=Q(phone__regex=E164)),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.phone}".strip()
