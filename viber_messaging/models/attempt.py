"""Every attempt to send a message, with its outcome."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from viber_messaging.models.database.indexes import PartialIndex
from viber_messaging.models.message import Message
from viber_messaging.states import AttemptOutcome


class SendAttempt(models.Model):
    """One attempt and its outcome. Append-only; contains no key, phone or text.

    Two rows may have the same number: what recovery concluded about a silent worker, and that worker's late answer.
    """

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="attempts", verbose_name=_("message"))
    number = models.PositiveIntegerField(_("number"))
    started_at = models.DateTimeField(_("started at"))
    finished_at = models.DateTimeField(_("finished at"))
    outcome = models.CharField(_("outcome"), max_length=10, choices=AttemptOutcome.choices)
    account_mark = models.CharField(max_length=16, blank=True, default="", db_default="", editable=False)
    """The account that was used, as marked by ``delivery.connection.account``."""
    http_status = models.PositiveSmallIntegerField(_("HTTP status"), null=True, blank=True)
    status_code = models.IntegerField(_("code"), null=True, blank=True)
    msg_id = models.CharField(_("gateway ID"), max_length=64, blank=True, default="")
    error = models.TextField(_("error"), blank=True, default="")
    reply = models.TextField(
        _("answer"), blank=True, default="", help_text=_("The beginning of the gateway's answer, if it was unexpected.")
    )

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        indexes = [
            # Accepted attempts, which are nearly all, are left out, so that writing them costs nothing.
            PartialIndex(
                fields=["outcome", "id"],
                on_sqlite=["outcome", "id"],
                where=~Q(outcome=AttemptOutcome.ACCEPTED.value),
                name="viber_attempt_outcome",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="viber_attempt_outcome_is_known", condition=Q(outcome__in=AttemptOutcome.values)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.get_outcome_display()}"
