"""A Viber message: what is sent, its state, and what the gateway says about it."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThan, In, LessThanOrEqual
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from viber_messaging.gateway.codes import MessageCode
from viber_messaging.models.campaign import Campaign
from viber_messaging.models.database.fields import (
    E164,
    KeyField,
    MomentField,
    PhoneField,
    QueuedAtField,
    ReferenceField,
)
from viber_messaging.models.database.indexes import PartialIndex, SparseIndex, SparseUnique, without_index
from viber_messaging.models.database.users import link_to_user
from viber_messaging.models.mixins.content import FIELDS_FIT_TYPE, Content
from viber_messaging.models.mixins.fallback import Fallback, complaint_about_length
from viber_messaging.models.mixins.linked import Linked, link_to
from viber_messaging.models.recipient import Recipient
from viber_messaging.models.save_rules import Saved
from viber_messaging.models.validators import KEY_MAX_LENGTH, validate_schedule
from viber_messaging.states import (
    DELETABLE_STATES,
    MOVING_STATES,
    REACHED_STATES,
    UNREACHED_STATES,
    AttemptOutcome,
    MessageChannel,
    MessageState,
    MessageType,
    Recall,
)

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

    from viber_messaging.models.attempt import SendAttempt
from viber_messaging.text.phones import ERASED_PREFIX

LONGEST_WAIT = timedelta(days=2)
"""Longer than any wait for ``next_attempt_at``: a later time was recorded by a clock that has been set back since."""

POINTERS = frozenset({"recipient", "campaign", "created_by"})
"""Not validated if code gives the objects: Django would query each in the database for reads, which may lag behind."""

_IS_TAKEN = (
    Q(accepted_at__isnull=False)
    | ~Q(msg_id="")
    | Q(state=MessageState.FAILED, status_code=MessageCode.ERR_DUPLICATE)
    | Q(attempts__outcome=AttemptOutcome.ACCEPTED)
)
"""The condition that the gateway has had the message, or says that it had one with this reference."""


SMS_HAS_ONLY_TEXT = Q(channel=MessageChannel.VIBER, fallback_of=None) | Q(
    channel=MessageChannel.SMS, type=MessageType.TEXT, sms_text=""
)
"""The condition that the fields fit the channel."""


class MessageQuerySet(models.QuerySet["Message"]):
    """Messages by what has to be done about them, and by what they are about."""

    def still(self, *states: str) -> "MessageQuerySet":
        """Narrow messages given by their keys to those in one of these states.

        Written so that no index on the state is used: with outdated statistics that show hardly any messages in that
        state, PostgreSQL would scan the million that are there now instead of the few that are given.
        """
        return self.filter(In(without_index("state"), states))

    def due(self, now: datetime) -> "MessageQuerySet":
        """Return the queued messages whose time to be sent has come."""
        return self.filter(is_due(now), state=MessageState.QUEUED)

    def abandoned(self, now: datetime, claim_timeout: timedelta) -> "MessageQuerySet":
        """Return the messages whose worker claimed them so long ago that it must be dead."""
        return self.filter(is_abandoned(now, claim_timeout), state=MessageState.SENDING)

    def unconfirmed(self, now: datetime) -> "MessageQuerySet":
        """Return the messages that may have been sent and are due to be asked about."""
        return self.filter(is_due(now), state=MessageState.UNCONFIRMED)

    def pollable(self, now: datetime, accepted_after: datetime) -> "MessageQuerySet":
        """Return the accepted messages whose status is due to be requested; scheduled ones count from that time."""
        is_young = Q(accepted_at__gte=accepted_after) | Q(scheduled_at__gte=accepted_after)
        return self.filter(is_due(now), is_young, state=MessageState.ACCEPTED)

    def held(self, now: datetime) -> "MessageQuerySet":
        """Return the messages that the gateway holds for later and that are due to be checked."""
        return self.filter(is_due(now), state=MessageState.ACCEPTED, scheduled_at__gt=now)

    def of_intents(self) -> "MessageQuerySet":
        """Return the messages whose reference is derived from an intent, so that no other message has the same."""
        return self.exclude(campaign=None, key=None, channel=MessageChannel.VIBER)

    def untaken(self) -> "MessageQuerySet":
        """Return the messages that the gateway has not had; only these may be sent under their references."""
        return self.exclude(_IS_TAKEN)

    def reached(self) -> "MessageQuerySet":
        """Return the messages that reached their recipients."""
        return self.filter(state__in=REACHED_STATES)

    def unreached(self) -> "MessageQuerySet":
        """Return the messages that ended without reaching their recipients, one for each of them.

        An SMS counts as part of the Viber message that it goes instead of: nobody is included whom the SMS reached, or
        may still reach.
        """
        sms = Message._base_manager.using(self.db).filter(fallback_of=OuterRef("pk"))
        is_deleted_for_sms = Q(Exists(sms), state=MessageState.CANCELLED)
        ended = self.filter(Q(state__in=UNREACHED_STATES) | is_deleted_for_sms, fallback_of=None)
        return ended.exclude(Exists(sms.filter(state__in=REACHED_STATES | MOVING_STATES)))

    def erased(self) -> "MessageQuerySet":
        """Return the messages whose personal data were erased."""
        return self.filter(phone__startswith=ERASED_PREFIX)

    def by_viber(self) -> "MessageQuerySet":
        """Return the messages that go by Viber, so that each person is counted once."""
        return self.filter(channel=MessageChannel.VIBER)

    def by_sms(self) -> "MessageQuerySet":
        """Return the messages that go by SMS."""
        return self.filter(channel=MessageChannel.SMS)

    def has_sms(self) -> bool:
        """Return whether an SMS went, or will go, instead of any of these; one look into a small index."""
        return self.filter(fallback_of__isnull=False).exists()

    def without_waiting_sms(self) -> "MessageQuerySet":
        """Leave out the messages whose SMS is on its way: it must find out whether Viber reached the recipient."""
        waiting = Message._base_manager.using(self.db).filter(fallback_of=OuterRef("pk"), state__in=MOVING_STATES)
        return self.exclude(Exists(waiting))

    def deletable(self) -> "MessageQuerySet":
        """Return the messages that may be deleted without losing an outcome."""
        return self.still(*DELETABLE_STATES).without_waiting_sms()

    def about(self, related: models.Model) -> "MessageQuerySet":
        """Return the messages about this object of the site."""
        return self.filter(**link_to(related))


class MessageManager(models.Manager["Message"]):
    """What code of a site calls, written out for type checkers that do not know Django."""

    def about(self, related: models.Model) -> MessageQuerySet:
        """Return the messages about this object of the site."""
        return MessageQuerySet(self.model, using=self._db).about(related)


def is_due(now: datetime) -> Q:
    """Return the condition that the time has come to act on a message.

    Written so that no index is used: without statistics, PostgreSQL would search an index for each case, and then sort
    the whole queue to find the oldest.
    """
    at: Any = Coalesce("next_attempt_at", now)
    return ~(Q(GreaterThan(at, now)) & Q(LessThanOrEqual(at, now + LONGEST_WAIT)))


def is_abandoned(now: datetime, claim_timeout: timedelta) -> Q:
    """Return the condition that a claim is too old, or too far in the future, from a clock that was set back since."""
    is_young = Q(claimed_at__range=(now - claim_timeout, now + claim_timeout))
    return ~is_young & Q(claimed_at__isnull=False)


class Message(Saved, Linked, Fallback, Content):
    """One message to one phone: by Viber, or the SMS that goes instead of another message.

    It is saved as queued by default, and sent after the commit.
    ``reference`` is sent as ``id``; ``msg_id`` and ``status_code`` are saved as the gateway sent them.
    """

    phone = PhoneField(_("phone"), max_length=21)
    scheduled_at = MomentField(
        _("scheduled at"),
        null=True,
        blank=True,
        validators=[validate_schedule],
        help_text=_("When the gateway should deliver the message, to the minute. If empty, it is sent immediately."),
    )
    recipient = models.ForeignKey(
        Recipient,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="messages",
        db_index=False,
        verbose_name=_("recipient"),
    )
    campaign = models.ForeignKey(
        Campaign,
        null=True,
        blank=True,
        editable=False,
        # Not SET_NULL: the messages of a paused campaign would go out when it is deleted.
        on_delete=models.PROTECT,
        related_name="messages",
        db_index=False,
        verbose_name=_("campaign"),
    )
    created_by = link_to_user(
        _("created by"),
        blank=True,
        editable=False,
        # An index would be used only when a user is deleted, and written with each message.
        db_index=False,
    )

    channel = models.CharField(
        _("channel"),
        max_length=5,
        choices=MessageChannel.choices,
        default=MessageChannel.VIBER,
        db_default=MessageChannel.VIBER,
        editable=False,
    )
    fallback_of = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="sms",
        db_index=False,
        verbose_name=_("instead of"),
    )
    """The Viber message that this SMS goes instead of; there is only ever one."""
    recall = models.CharField(
        max_length=10, choices=Recall.choices, blank=True, default=Recall.NONE, db_default="", editable=False
    )
    expires_at = models.DateTimeField(_("expires at"), null=True, editable=False)
    """When an SMS is too late to be sent; null for a Viber message."""
    sms_count = models.PositiveSmallIntegerField(_("parts"), null=True, editable=False)
    """The number of parts of an SMS, as the gateway counted them."""

    key = KeyField(_("key"), max_length=KEY_MAX_LENGTH, null=True, blank=True, editable=False)
    """The caller's own name for what to send; there is only ever one message with it."""
    reference = ReferenceField(_("reference"), unique=True, blank=True, editable=False)
    state = models.CharField(
        _("state"), max_length=12, choices=MessageState.choices, default=MessageState.QUEUED, editable=False
    )
    attempt_count = models.PositiveIntegerField(_("attempts"), default=0, editable=False)
    claim_token = models.UUIDField(null=True, editable=False)
    claimed_at = models.DateTimeField(_("claimed at"), null=True, editable=False)
    account_mark = models.CharField(max_length=16, blank=True, default="", db_default="", editable=False)
    """The account of the last claim, as marked by ``delivery.connection.account``."""
    vouched_mark = models.CharField(max_length=16, blank=True, default="", db_default="", editable=False)
    """The account that, as a person confirmed, may resolve the first ``vouched_count`` attempts."""
    vouched_count = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    worker_deaths = models.PositiveSmallIntegerField(
        _("workers that stopped while sending it"), default=0, editable=False
    )
    is_recipient_gone = models.BooleanField(default=False, db_default=False, editable=False)
    """Whether the recipient was deleted while it was under way: it is not sent again, and called back if possible."""
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)
    queued_at = QueuedAtField(_("queued at"), null=True, editable=False)
    next_attempt_at = models.DateTimeField(_("next attempt at"), null=True, editable=False)
    """When to act on this row next: to send it, or to ask about it. Null means at once."""
    accepted_at = models.DateTimeField(_("accepted at"), null=True, editable=False)
    completed_at = models.DateTimeField(_("completed at"), null=True, editable=False)
    error = models.TextField(_("error"), blank=True, default="", editable=False)

    msg_id = models.CharField(_("gateway ID"), max_length=64, blank=True, default="", editable=False)
    status_code = models.IntegerField(_("code"), null=True, editable=False)

    objects = MessageManager.from_queryset(MessageQuerySet)()

    if TYPE_CHECKING:
        attempts: RelatedManager["SendAttempt"]

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        permissions = [("send_message", _("Can send messages")), ("send_sms", _("Can send SMS"))]
        indexes = [
            # It covers everything that decides whether a row is due. Otherwise SQLite, with statistics from a time when
            # the queue was empty, would scan the whole table.
            models.Index(
                fields=[
                    "state",
                    "id",
                    "next_attempt_at",
                    "worker_deaths",
                    "accepted_at",
                    "claimed_at",
                    "campaign",
                    "scheduled_at",
                    "fallback_of",
                ],
                name="viber_message_due",
            ),
            SparseIndex(fields=["campaign", "state", "id", "accepted_at", "channel"], name="viber_message_campaign"),
            # Finds a login code at once, however many campaign messages are queued. Databases without partial indexes
            # use the index above, which has all rows.
            PartialIndex(
                fields=["id"],
                on_sqlite=["campaign", "state", "id", "next_attempt_at", "worker_deaths", "fallback_of"],
                where=Q(state="queued", campaign=None),
                name="viber_message_single",
            ),
            SparseIndex(fields=["recipient"], name="viber_message_recipient"),
            models.Index(fields=["sender", "id"], name="viber_message_sender"),
            SparseIndex(fields=["status_code", "id"], common=MessageCode.RECEIVED.value, name="viber_message_code"),
            models.Index(fields=["created_at"], name="viber_message_created"),
            # Not db_index: on PostgreSQL it makes a second index, for LIKE, which nothing uses.
            SparseIndex(fields=["msg_id"], name="viber_message_msg_id", common=""),
            SparseIndex(fields=["about_id", "about_model"], name="viber_message_about"),
            # The list of SMS, which are few.
            PartialIndex(
                fields=["id"], on_sqlite=["id"], where=Q(channel=MessageChannel.SMS.value), name="viber_message_by_sms"
            ),
            # Finds the messages whose SMS is due, by their delay.
            SparseIndex(fields=["sms_after", "state", "accepted_at"], name="viber_message_sms_after"),
        ]
        constraints = [
            # Nulls are distinct, so it only restricts messages of campaigns. It also serves to find the messages to a
            # phone.
            models.UniqueConstraint(fields=["phone", "campaign", "channel"], name="viber_message_once_a_campaign"),
            SparseUnique(fields=["key"], name="viber_message_once_a_key"),
            SparseUnique(fields=["fallback_of"], name="viber_message_once_by_sms"),
            models.CheckConstraint(name="viber_message_phone_is_e164", condition=Q(phone__regex=E164)),
            models.CheckConstraint(name="viber_message_type_is_known", condition=Q(type__in=MessageType.values)),
            models.CheckConstraint(name="viber_message_state_is_known", condition=Q(state__in=MessageState.values)),
            models.CheckConstraint(name="viber_message_has_text", condition=~Q(text="")),
            models.CheckConstraint(name="viber_message_fields_fit_type", condition=FIELDS_FIT_TYPE),
            models.CheckConstraint(name="viber_message_reference_positive", condition=Q(reference__gt=0)),
            models.CheckConstraint(name="viber_message_channel_is_known", condition=SMS_HAS_ONLY_TEXT),
        ]

    def __str__(self) -> str:
        return f"{self.reference}"

    def clean(self) -> None:
        """Check also that the SMS is not too long."""
        super().clean()
        if self.sms_text and (complaint := complaint_about_length(self.sms_text)):
            raise ValidationError({"sms_text": complaint})

    @property
    def is_erased(self) -> bool:
        """Whether the personal data were erased; the phone is then a number that nobody has."""
        return str(self.phone).startswith(ERASED_PREFIX)
