"""Who opted out, or in again: when, recorded by whom, and from which source."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from viber_messaging.models.database.fields import PhoneField
from viber_messaging.models.database.users import link_to_user


class ConsentSource(models.TextChoices):
    """The built-in sources; a site may use its own."""

    ADMIN = "admin", _("the admin")
    CODE = "code", _("the site's code")
    IMPORT = "import", _("a spreadsheet")
    LIST = "list", _("a pasted list")


class ConsentChange(models.Model):
    """One person's opt-out or opt-in. Append-only.

    Stored by phone and not by recipient: it outlives the recipient, and belongs to the person with the phone.
    """

    phone = PhoneField(_("phone"), max_length=21)
    is_opted_out = models.BooleanField(_("opted out"))
    source = models.CharField(_("source"), max_length=50, help_text=_("Where the request came from."))
    created_by = link_to_user(_("recorded by"), blank=True)
    created_at = models.DateTimeField(_("recorded at"), default=timezone.now)

    class Meta:
        verbose_name = _("opt-out or opt-in")
        verbose_name_plural = _("opt-outs and opt-ins")
        default_permissions = ("view",)
        indexes = [models.Index(fields=["phone"], name="viber_consent_phone")]

    def __str__(self) -> str:
        return str(self.phone)

    def __repr__(self) -> str:
        """Show only the key, because the repr appears in tracebacks and logs."""
        return f"<{type(self).__name__}: {self.pk}>"

    @property
    def source_label(self) -> str:
        """Return the source as a label; a site's own source as it is."""
        return str(dict(ConsentSource.choices).get(self.source, self.source))
