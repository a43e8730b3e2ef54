"""A campaign: one text with placeholders, sent to all recipients in some groups."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import models, router, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from viber_messaging import references
from viber_messaging.conf import conf
from viber_messaging.logs.tracebacks import without_locals
from viber_messaging.models import validators
from viber_messaging.models.database.fields import MomentField
from viber_messaging.models.database.users import link_to_user
from viber_messaging.models.mixins.content import CONTENT_FIELDS, FIELDS_FIT_TYPE, MAX_LENGTHS, Content
from viber_messaging.models.mixins.copyable import Copyable
from viber_messaging.models.mixins.fallback import FALLBACK_FIELDS, Fallback, complaint_about_length
from viber_messaging.models.recipient import RecipientGroup
from viber_messaging.states import CampaignState
from viber_messaging.text import placeholders
from viber_messaging.time import moments, quiet_hours

TEMPLATE_MAX_LENGTH = 4000
"""More than a message may have, because placeholders and their defaults take up space too."""
CAPTION_TEMPLATE_MAX_LENGTH = 200

FILLED_FIELDS = (*(name for name in CONTENT_FIELDS if name not in {"sender", "type"}), "sms_text")
"""The fields in which placeholders are filled; the others are the same in all messages of a campaign."""

LONGER_FIELDS = frozenset({"text", "button"})
"""The content fields whose template may be longer than what comes of it."""

WRITTEN_FIELDS = ("name", *CONTENT_FIELDS, *FALLBACK_FIELDS, "start_at", "quiet_from", "quiet_until")
"""The fields that a person writes; frozen as soon as a campaign is started."""


class CampaignChanged(Exception):
    """Raised when the content or times of a started campaign were changed; copy it as a new one instead."""


class CampaignQuerySet(models.QuerySet["Campaign"]):
    """Campaigns by what has to be done about them."""

    def expandable(self, now: datetime) -> "CampaignQuerySet":
        """Return the running campaigns whose start time has come and whose messages are not all created yet."""
        return self.filter(state=CampaignState.RUNNING, start_at__lte=now, expanded_at=None)

    def expanded(self) -> "CampaignQuerySet":
        """Return the running campaigns whose messages are all created."""
        return self.filter(state=CampaignState.RUNNING, expanded_at__isnull=False)


class Campaign(Copyable, Fallback, Content):
    """One text to many recipients, each once; ``{name}`` and ``{attribute}`` are filled for each.

    Its audience is determined during expansion, in the order of the recipients' keys: people known when it began who
    are in one of the groups when their turn comes. People added later are left out.
    """

    name = models.CharField(
        pgettext_lazy("of a thing", "name"), max_length=100, help_text=_("For yourself: recipients do not see it.")
    )
    text = models.TextField(
        _("text"),
        validators=[
            validators.validate_not_blank,
            MaxLengthValidator(TEMPLATE_MAX_LENGTH),
            validators.validate_sendable,
        ],
        help_text=_("{name} becomes the recipient's name; {name|friend} becomes “friend” if the name is unknown."),
    )
    button = models.CharField(
        _("button"),
        max_length=CAPTION_TEMPLATE_MAX_LENGTH,
        blank=True,
        default="",
        validators=[validators.validate_sendable],
        help_text=_("The text on the button: 1 to 19 characters."),
    )
    sms_text = models.TextField(
        _("SMS text"),
        blank=True,
        default="",
        validators=[MaxLengthValidator(TEMPLATE_MAX_LENGTH), validators.validate_sendable],
        help_text=_("Sent by SMS if Viber does not reach the recipient. If empty, no SMS is sent."),
    )
    groups = models.ManyToManyField(RecipientGroup, related_name="campaigns", verbose_name=_("groups"))
    start_at = MomentField(
        _("start"),
        null=True,
        blank=True,
        validators=[validators.validate_schedule],
        help_text=_("If empty, sending begins as soon as the campaign is started."),
    )
    quiet_from = models.TimeField(_("quiet from"), null=True, blank=True)
    quiet_until = models.TimeField(
        _("quiet until"), null=True, blank=True, help_text=_("Nothing is sent between these two hours.")
    )

    seed = models.CharField(max_length=references.SEED_MAX_LENGTH, default=references.draw_seed, editable=False)
    """The secret from which its messages' references are derived; drawn on creation, never changed or shown."""
    state = models.CharField(
        _("status"), max_length=10, choices=CampaignState.choices, default=CampaignState.DRAFT, editable=False
    )
    error = models.TextField(_("why it paused"), blank=True, default="", editable=False)
    created_by = link_to_user(_("created by"), blank=True, editable=False)
    writers: "models.JSONField[Any, Any]" = models.JSONField(blank=True, default=list, editable=False)
    """The keys, as strings, of the users who wrote a part of it since it was last approved."""
    approved_by = link_to_user(_("approved by"), blank=True, editable=False)
    approved_at = models.DateTimeField(_("approved at"), null=True, editable=False)
    approved_mark = models.CharField(max_length=64, blank=True, default="", editable=False)
    """A digest of what was approved, so that any edit revokes the approval."""
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)
    started_at = models.DateTimeField(_("started at"), null=True, editable=False)
    finished_at = models.DateTimeField(_("finished at"), null=True, editable=False)

    cursor = models.BigIntegerField(default=0, editable=False)
    """The key of the last recipient processed."""
    audience_until = models.BigIntegerField(null=True, editable=False)
    """The highest recipient key when the expansion began; null before."""
    audience_count = models.PositiveIntegerField(_("recipients"), default=0, editable=False)
    """The number of people in its groups when the expansion began."""
    expanded_at = models.DateTimeField(_("all messages created at"), null=True, editable=False)
    opted_out_count = models.PositiveIntegerField(_("opted out"), default=0, editable=False)
    incomplete_count = models.PositiveIntegerField(_("without a value for a placeholder"), default=0, editable=False)
    too_long_count = models.PositiveIntegerField(_("too long with the values filled in"), default=0, editable=False)

    forgiven_count = models.PositiveIntegerField(default=0, editable=False)
    """The messages that had failed when a person last resumed it; they do not pause it again."""
    judged_count = models.PositiveIntegerField(default=0, editable=False)
    """The messages that had been accepted or refused by then."""

    objects: ClassVar[models.Manager["Campaign"]] = CampaignQuerySet.as_manager()

    class Meta:
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        permissions = [("send_campaign", _("Can send campaigns"))]
        constraints = [
            models.UniqueConstraint(fields=["seed"], name="viber_campaign_seed_is_its_own"),
            models.CheckConstraint(name="viber_campaign_state_is_known", condition=Q(state__in=CampaignState.values)),
            models.CheckConstraint(name="viber_campaign_has_text", condition=~Q(text="")),
            models.CheckConstraint(name="viber_campaign_fields_fit_type", condition=FIELDS_FIT_TYPE),
        ]

    def __str__(self) -> str:
        return self.name

    def content_with(self, filled: Mapping[str, str]) -> dict[str, Any]:
        """Return the content of one message: FILLED_FIELDS from ``filled``, or empty; the others from the campaign."""
        names = (*CONTENT_FIELDS, *FALLBACK_FIELDS)
        return {name: filled.get(name, "") if name in FILLED_FIELDS else getattr(self, name) for name in names}

    def is_quiet(self, moment: datetime) -> bool:
        """Return whether this time is within the campaign's quiet hours."""
        if self.quiet_from is None or self.quiet_until is None:
            return False
        return quiet_hours.is_quiet(moments.aware(moment), self.quiet_from, self.quiet_until, conf.time_zone)

    def next_allowed(self, moment: datetime) -> datetime:
        """Return the first time from this one on that is outside the quiet hours."""
        if self.quiet_from is None or self.quiet_until is None:
            return moment
        return quiet_hours.next_allowed(moments.aware(moment), self.quiet_from, self.quiet_until, conf.time_zone)

    def clean(self) -> None:
        """Check the placeholders, the length of the fixed text, and the quiet hours."""
        errors = {name: wrong for name in FILLED_FIELDS if (wrong := _complaint_about(name, getattr(self, name)))}
        if (self.quiet_from is None) != (self.quiet_until is None) or (
            self.quiet_from is not None and self.quiet_from == self.quiet_until
        ):
            errors["quiet_until"] = ValidationError(
                _("Quiet hours need two different times: a start and an end."), code="quiet"
            )
        if errors:
            raise ValidationError(errors)
        super().clean()

    @without_locals
    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        """Save the fields that a person writes, without overwriting what happened to the campaign since it was read.

        A copy (``pk = None``) becomes a new draft, without groups and with its own seed. Raises CampaignChanged if
        those fields were edited after the campaign had been started.
        """
        names = None if update_fields is None else list(update_fields)
        if self.is_copy:
            self.become_new((*WRITTEN_FIELDS, "created_by"))
            names = None
        if self._state.adding or args or kwargs.get("force_insert"):
            super().save(*args, update_fields=names, **kwargs)
            return
        database = kwargs.pop("using", None) or router.db_for_write(type(self), instance=self)
        with transaction.atomic(using=database):
            self._refuse_after_start(database, names or WRITTEN_FIELDS)
            super().save(using=database, update_fields=names or [*WRITTEN_FIELDS, "created_by"], **kwargs)

    def _refuse_after_start(self, database: str, names: Iterable[str]) -> None:
        stored = type(self)._base_manager.using(database).select_for_update().get(pk=self.pk)
        changed = [name for name in WRITTEN_FIELDS if name in names and getattr(self, name) != getattr(stored, name)]
        if changed and stored.state != CampaignState.DRAFT:
            raise CampaignChanged(
                f"Campaign {self.pk} is {stored.state}: {', '.join(changed)} can no longer change. Copy it instead."
            )


def _complaint_about(name: str, text: str) -> ValidationError | None:
    """Return why the placeholders in this field cannot be filled, or why it is too long even without their values."""
    try:
        fixed_length = placeholders.parse(text).fixed_length
    except placeholders.PlaceholderError as error:
        return ValidationError(str(error), code=error.code)
    if name == "sms_text":
        return None if placeholders.parse(text).placeholders else complaint_about_length(text)
    longest = MAX_LENGTHS[name]
    if name not in LONGER_FIELDS or fixed_length <= longest:
        return None
    return ValidationError(
        _("This is %(length)s characters long without the values of its placeholders; Viber accepts %(longest)s."),
        code="max_length",
        params={"length": fixed_length, "longest": longest},
    )
