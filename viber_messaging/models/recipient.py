"""The people who can be sent messages, and their groups."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django.db import models, router
from django.db.models import Q
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from viber_messaging.logs.tracebacks import without_locals
from viber_messaging.models.database.fields import E164, PhoneField
from viber_messaging.models.database.folding import INDEXED_WORDS, Folded, LastDigits, from_word
from viber_messaging.models.database.indexes import ExpressionIndex


class RecipientGroup(models.Model):
    """A named list of recipients."""

    name = models.CharField(
        pgettext_lazy("of a thing", "name"),
        max_length=100,
        unique=True,
        error_messages={"unique": _("A group with this name already exists.")},
    )

    class Meta:
        ordering = ["name"]
        verbose_name = _("recipient group")
        verbose_name_plural = _("recipient groups")

    def __str__(self) -> str:
        return self.name


SHOWN_NAME_LENGTH = 150


class GroupInUse(models.ProtectedError):
    """Raised when a started campaign still has to read this group: without it, fewer people would be reached."""


UNREAD = object()
"""The value of a field that was left out of the query."""


class OptInBypassed(Exception):
    """Raised when saving would opt someone in; use ``viber_messaging.api.opt_in``, which records who and when."""


def attributes_of(stored: object) -> dict[str, Any]:
    """Return stored attributes as a dict; attributes that the site stored in another form count as none."""
    return stored if isinstance(stored, dict) else {}


class RecipientQuerySet(models.QuerySet["Recipient"]):
    """Recipients by whether they may be sent messages."""

    def reachable(self) -> "RecipientQuerySet":
        """Return the recipients who did not opt out."""
        return self.filter(opted_out_at=None)


class Recipient(models.Model):
    """A person with a phone; ``attributes`` keeps the spreadsheet's other columns."""

    phone = PhoneField(
        _("phone"),
        max_length=21,
        unique=True,
        error_messages={"unique": _("A recipient with this phone number already exists.")},
    )
    name = models.CharField(pgettext_lazy("of a person", "name"), max_length=200, blank=True, default="")
    attributes = models.JSONField(_("attributes"), blank=True, default=dict)
    groups = models.ManyToManyField(RecipientGroup, blank=True, related_name="recipients", verbose_name=_("groups"))
    opted_out_at = models.DateTimeField(
        _("opted out at"), null=True, blank=True, help_text=_("No messages are sent to this person after this time.")
    )
    folded_name = models.GeneratedField(
        expression=Folded("name"), output_field=models.CharField(max_length=200), db_persist=True
    )
    """The name in the form used by searches."""

    objects: ClassVar[models.Manager["Recipient"]] = RecipientQuerySet.as_manager()

    class Meta:
        verbose_name = _("recipient")
        verbose_name_plural = _("recipients")
        permissions = [
            ("import_recipient", _("Can import recipients")),
            ("export_recipient", _("Can export recipients")),
        ]
        indexes = [
            models.Index(fields=["opted_out_at", "id"], name="viber_recipient_opted_out"),
            *(
                ExpressionIndex(fields=["folded_name"], expression=from_word(word), name=f"viber_recipient_word_{word}")
                for word in range(1, INDEXED_WORDS + 1)
            ),
            ExpressionIndex(fields=["phone"], expression=LastDigits("phone"), name="viber_recipient_last_digits"),
        ]
        constraints = [
            models.CheckConstraint(name="viber_recipient_phone_is_e164", condition=Q(phone__regex=E164)),
        ]

    def __str__(self) -> str:
        """Return name and phone; a long name is shortened, so that the admin's log does not cut off the phone."""
        return f"{Truncator(self.name).chars(SHOWN_NAME_LENGTH)} {self.phone}".strip()

    def __repr__(self) -> str:
        """Show only the key, because the repr appears in tracebacks and logs."""
        return f"<{type(self).__name__}: {self.pk}>"

    @without_locals
    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        """Save, but never overwrite an opt-out that was not set here: it may have been recorded since this was read.

        Raises OptInBypassed if somebody who opted out would be opted in.
        """
        database = kwargs.get("using") or router.db_for_write(type(self), instance=self)
        if not args and not kwargs.get("force_insert") and self._is_stored(database):
            update_fields = self._without_stale_opt_out(update_fields)
        super().save(*args, update_fields=update_fields, **kwargs)
        self._remember_opt_out()

    @classmethod
    @without_locals
    def from_db(cls, *args: Any, **kwargs: Any) -> "Recipient":
        """Remember the opt-out as it was read."""
        recipient = super().from_db(*args, **kwargs)
        recipient._remember_opt_out()
        return recipient

    def refresh_from_db(self, *args: Any, **kwargs: Any) -> None:
        """Remember the opt-out as it is read now."""
        super().refresh_from_db(*args, **kwargs)
        fields = kwargs.get("fields") or (args[1] if len(args) > 1 else None)
        if fields is None or "opted_out_at" in fields:
            self._remember_opt_out()

    def _is_stored(self, database: str) -> bool:
        """Return whether saving would update a row; a key set by hand may belong to one."""
        if self.pk is None or not self._state.adding:
            return self.pk is not None
        return type(self)._base_manager.using(database).filter(pk=self.pk).exists()

    def _without_stale_opt_out(self, names: Iterable[str] | None) -> list[str]:
        """Return the names of the fields to write. Raises OptInBypassed."""
        loaded = [field.name for field in self._meta.concrete_fields if field.attname in self.__dict__]
        before, now = self.__dict__.get("_opt_out_read"), self.__dict__.get("opted_out_at", UNREAD)
        if before is not None and now is None:
            raise OptInBypassed(
                f"Recipient {self.pk} opted out. Use opt_in() instead, which records who did it and when."
            )
        is_set_here = now not in (None, UNREAD, before)
        written = [name for name in loaded if name != self._meta.pk.name] if names is None else names
        return [name for name in written if name != "opted_out_at" or is_set_here]

    def _remember_opt_out(self) -> None:
        if "opted_out_at" in self.__dict__:
            self._opt_out_read = self.opted_out_at
