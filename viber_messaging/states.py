"""The states of messages and campaigns: their names, which are final, and which moves are legal."""

from collections.abc import Mapping

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from viber_messaging.gateway.entities import Channel


class MessageState(TextChoices):
    """The state of a message."""

    DRAFT = "draft", _("draft")
    QUEUED = "queued", _("queued")
    SENDING = "sending", _("sending")
    ACCEPTED = "accepted", _("accepted")
    DELIVERED = "delivered", _("delivered")
    READ = "read", _("read")
    UNDELIVERED = "undelivered", _("not delivered")
    REJECTED = "rejected", _("rejected")
    UNCONFIRMED = "unconfirmed", _("unconfirmed")
    CANCELLED = "cancelled", _("cancelled")
    FAILED = "failed", _("failed")


class AttemptOutcome(TextChoices):
    """The outcome of one attempt to send."""

    ACCEPTED = "accepted", _("accepted")
    REJECTED = "rejected", _("rejected")
    NOT_SENT = "not_sent", _("not sent")
    UNKNOWN = "unknown", _("unknown")


class MessageType(TextChoices):
    """The types of Viber messages, as named in the wire format."""

    TEXT = "text", _("text")
    IMAGE = "image", _("picture")
    BUTTON = "button", _("picture with a button")


class MessageChannel(TextChoices):
    """The way a message takes."""

    VIBER = Channel.VIBER.value, "Viber"
    SMS = Channel.SMS.value, "SMS"


class Recall(TextChoices):
    """What became of the question whether a Viber message can still be deleted, so that an SMS goes instead."""

    NONE = "", _("not asked")
    ASKED = "asked", _("asked")
    """The gateway is asked, or its answer was lost: it may have deleted the message."""
    LATE = "late", _("too late")
    """The gateway has not deleted it: whether Viber reaches the recipient shows later."""
    CALLED_OFF = "called_off", _("called off")
    """A person cancelled the message, so no SMS goes instead."""


PERHAPS_ARRIVED_OUTCOMES = frozenset({AttemptOutcome.ACCEPTED, AttemptOutcome.UNKNOWN})
"""The outcomes after which the gateway has the message, or may have it."""

S = MessageState

LEGAL_MOVES: Mapping[MessageState, frozenset[MessageState]] = {
    S.DRAFT: frozenset({S.QUEUED, S.CANCELLED}),
    S.QUEUED: frozenset({S.SENDING, S.UNCONFIRMED, S.CANCELLED}),
    S.SENDING: frozenset(
        {S.QUEUED, S.ACCEPTED, S.DELIVERED, S.READ, S.UNDELIVERED, S.REJECTED, S.UNCONFIRMED, S.CANCELLED, S.FAILED}
    ),
    S.UNCONFIRMED: frozenset(
        {S.QUEUED, S.ACCEPTED, S.DELIVERED, S.READ, S.UNDELIVERED, S.REJECTED, S.CANCELLED, S.FAILED}
    ),
    S.ACCEPTED: frozenset({S.DELIVERED, S.READ, S.UNDELIVERED, S.REJECTED, S.CANCELLED}),
    S.DELIVERED: frozenset({S.READ}),
    S.READ: frozenset(),
    S.UNDELIVERED: frozenset(),
    S.REJECTED: frozenset({S.QUEUED}),
    S.FAILED: frozenset({S.QUEUED, S.ACCEPTED, S.DELIVERED, S.READ, S.UNDELIVERED, S.REJECTED, S.CANCELLED}),
    S.CANCELLED: frozenset({S.QUEUED}),
}
"""The states that a message may move to from each state. A failed message may be asked about again."""

REACHED_STATES = frozenset({S.DELIVERED, S.READ})
"""The recipient got the message."""

UNREACHED_STATES = frozenset({S.REJECTED, S.UNDELIVERED, S.FAILED})
"""The message ended without reaching the recipient. Cancelled messages are not included: nobody tried to the end."""

FINAL_STATES = REACHED_STATES | UNREACHED_STATES | {S.CANCELLED}
"""Nothing happens automatically to a message in one of these."""

DELETABLE_STATES = FINAL_STATES | {S.DRAFT}
"""The record may be deleted without losing an outcome."""

TAKEN_STATES = REACHED_STATES | {S.ACCEPTED}
"""The gateway accepted these, and no failure is known."""

HANDED_ON_STATES = REACHED_STATES | {S.UNDELIVERED}
"""The gateway has passed these on to the operator, so it cannot cancel them."""

REFUSED_STATES = frozenset({S.REJECTED, S.UNDELIVERED})
"""The gateway's code says why these did not reach the recipient."""

REPLACEABLE_STATES = frozenset({S.UNDELIVERED, S.CANCELLED})
"""An SMS may go instead of a Viber message that ended in one of these."""

UNSENT_STATES = frozenset({S.DRAFT, S.QUEUED})
"""No request with these is under way."""

WAITING_STATES = frozenset({S.QUEUED, S.SENDING})
"""These wait for their turn, or are being sent."""

IN_FLIGHT_STATES = frozenset({S.SENDING, S.UNCONFIRMED})
"""A request with these is under way, or may have arrived."""

UNSETTLED_STATES = WAITING_STATES | {S.UNCONFIRMED}
"""A campaign with a message in one of these is not finished: it may still be sent, or sent again."""

MOVING_STATES = UNSETTLED_STATES | {S.ACCEPTED}
"""Something still happens to these automatically."""

UNWANTED_STATES = frozenset({S.DRAFT, S.CANCELLED})
"""Nobody wants these to be sent: not yet, or no longer."""

TROUBLED_STATES = UNREACHED_STATES | {S.UNCONFIRMED}
"""These need a warning if somebody has just sent them."""

SENDABLE_STATES = frozenset({S.DRAFT, S.FAILED})
"""A person may send these."""

RETRYABLE_STATES = frozenset({S.REJECTED, S.FAILED, S.CANCELLED})
"""A person may queue these again, because the gateway accepted none of them."""

RETRIED_STATES = RETRYABLE_STATES - {S.CANCELLED}
"""The retry of a whole campaign queues these again: the gateway refused them or never got them."""

CANCELLABLE_STATES = UNSENT_STATES | {S.ACCEPTED}
"""A person may cancel these, unless the gateway has passed them on."""

ASKABLE_STATES = frozenset({S.ACCEPTED, S.DELIVERED, S.FAILED})
"""The gateway may know more about these than we do; a delivered message may have been read since."""

REFRESHABLE_STATES = ASKABLE_STATES | {S.UNCONFIRMED}
"""A person may have the gateway asked about these."""

AWAITED_STATES = ASKABLE_STATES - {S.FAILED}
"""The gateway may still report more about these: that they were delivered or read."""


class CampaignState(TextChoices):
    """The state of a campaign. A running one may still wait for its start time."""

    DRAFT = "draft", _("draft")
    RUNNING = "running", _("running")
    PAUSED = "paused", _("paused")
    FINISHED = "finished", _("finished")
    CANCELLED = "cancelled", _("cancelled")


C = CampaignState

CAMPAIGN_MOVES: Mapping[CampaignState, frozenset[CampaignState]] = {
    C.DRAFT: frozenset({C.RUNNING}),
    C.RUNNING: frozenset({C.PAUSED, C.FINISHED, C.CANCELLED}),
    C.PAUSED: frozenset({C.RUNNING, C.CANCELLED}),
    C.FINISHED: frozenset({C.RUNNING, C.CANCELLED}),
    C.CANCELLED: frozenset(),
}
"""The states that a campaign may move to from each state.

A finished one runs again if failed messages are retried, and can be cancelled while an SMS may still go.
"""

HOLDING_STATES = frozenset({C.PAUSED, C.CANCELLED})
"""Messages of a campaign in one of these are not sent."""

STARTED_STATES = frozenset({C.RUNNING, C.PAUSED})
"""A campaign in one of these was started, and its messages may still be created or sent."""

ENDED_STATES = frozenset({C.FINISHED, C.CANCELLED})
"""A campaign in one of these sends nothing, unless a person makes a finished one run again."""


def campaign_states_that_may_become(state: CampaignState) -> frozenset[CampaignState]:
    """Return the states from which a campaign may move to ``state``."""
    return frozenset(source for source, targets in CAMPAIGN_MOVES.items() if state in targets)
