"""A Viber message: what is sent, its state, and what the gateway says about it."""

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
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
from viber_messaging.models.database.indexes import PartialIndex, SparseIndex, SparseUnique
from viber_messaging.models.database.users import link_to_user
from viber_messaging.models.message_queries import MessageManager, MessageQuerySet
from viber_messaging.models.mixins.content import FIELDS_FIT_TYPE, Content
from viber_messaging.models.mixins.fallback import Fallback, complaint_about_length
from viber_messaging.models.mixins.linked import Linked
from viber_messaging.models.recipient import Recipient
from viber_messaging.models.save_rules import Saved
from viber_messaging.models.validators import KEY_MAX_LENGTH, validate_schedule
from viber_messaging.states import (
    MessageChannel,
    MessageState,
    MessageType,
    Recall,
)
from viber_messaging.text.phones import ERASED_PREFIX

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

    from viber_messaging.models.attempt import SendAttempt

POINTERS = frozenset({"recipient", "campaign", "created_by"})
"""Not validated if code gives the objects: Django would query each in the database for reads, which may lag behind."""

SMS_HAS_ONLY_TEXT = Q(channel=MessageChannel.VIBER, fallback_of=None) | Q(
    channel=MessageChannel.SMS, type=MessageType.TEXT, sms_text=""
)
"""The condition that the fields fit the channel."""


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
    reference = ReferenceField(_("our ID"), unique=True, blank=True, editable=False)
    state = models.CharField(
        _("status"), max_length=12, choices=MessageState.choices, default=MessageState.QUEUED, editable=False
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
