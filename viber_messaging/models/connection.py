"""The state of the connection to the gateway, shared by all processes of the site."""

from datetime import datetime, timedelta
from typing import ClassVar

from django.db import IntegrityError, OperationalError, models
from django.utils.translation import gettext_lazy as _

from viber_messaging import references
from viber_messaging.models.database.users import link_to_user


class StaleSnapshot(OperationalError):
    """Raised when another transaction has just saved data that this one needs and cannot see: run this one again."""


class ConnectionManager(models.Manager["Connection"]):
    """Access to the single row."""

    def current(self) -> "Connection":
        """Return the row, or an unsaved healthy one if nothing has gone wrong yet."""
        return self.filter(pk=Connection.SINGLETON).first() or Connection(pk=Connection.SINGLETON, seed="")

    def seed(self) -> str:
        """Return this installation's seed; create the row, and with it the seed, if there is none yet.

        Raises StaleSnapshot if another transaction has inserted the row and this one cannot see it.
        """
        stored = self.filter(pk=Connection.SINGLETON).values_list("seed", flat=True).first()
        if stored is not None:
            return stored
        try:
            return self.get_or_create(pk=Connection.SINGLETON)[0].seed
        except IntegrityError as error:
            raise StaleSnapshot("Another transaction has just created this installation's seed.") from error


class Connection(models.Model):
    """Whether the gateway may be asked now; one row for the site.

    An outage or a refused account pauses the connection, not the messages: they stay queued and use up no attempts.
    """

    SINGLETON: ClassVar[int] = 1
    LONGEST_PAUSE: ClassVar[timedelta] = timedelta(hours=2)
    """Longer than any pause: one that ends later was recorded by a clock that has been set back since."""

    seed = models.CharField(max_length=references.SEED_MAX_LENGTH, default=references.draw_seed)
    """The secret from which references of keyed messages are derived; drawn on creation, never changed or shown."""
    paused_until = models.DateTimeField(_("paused until"), null=True)
    failure_count = models.PositiveIntegerField(_("consecutive failures"), default=0)
    reason = models.CharField(_("reason"), max_length=32, blank=True, default="")
    """The reason of the last failure, like ``code`` and ``error``; ``failure_count`` is 0 once it is over."""
    code = models.IntegerField(_("code"), null=True)
    error = models.TextField(_("what happened"), blank=True, default="")
    failed_at = models.DateTimeField(_("failed at"), null=True)
    settings_mark = models.CharField(max_length=16, blank=True, default="")
    """A keyed digest of the settings that failed, so that new settings are tried at once."""
    package_limit = models.PositiveIntegerField(_("most messages in a package"), null=True)
    """Smaller than PACKAGE_SIZE after the gateway asked to slow down; null if it did not."""

    polling_token = models.UUIDField(null=True)
    """The token of the worker that holds the polling lease; null if none does."""
    polling_until = models.DateTimeField(null=True)

    worked_at = models.DateTimeField(_("worker last seen at"), null=True)
    balance_amount = models.DecimalField(_("balance"), max_digits=16, decimal_places=4, null=True)
    balance_currency = models.CharField(_("currency"), max_length=8, blank=True, default="")
    balance_at = models.DateTimeField(_("balance asked at"), null=True)
    stopped_at = models.DateTimeField(_("stopped at"), null=True)
    """When a person stopped all sending; null if nobody did. Only a person can resume it."""
    stopped_by = link_to_user(_("stopped by"))

    objects: ClassVar[ConnectionManager] = ConnectionManager()

    class Meta:
        verbose_name = _("connection to the gateway")
        verbose_name_plural = _("connection to the gateway")

    def __str__(self) -> str:
        return (self.error if self.failure_count else "") or str(_("The gateway answers."))

    def is_paused(self, now: datetime) -> bool:
        """Return whether requests to the gateway are paused at this time."""
        return self.paused_until is not None and now < self.paused_until <= now + self.LONGEST_PAUSE
