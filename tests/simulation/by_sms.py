"""Of the SMS that go instead of Viber messages: none too many, none missing."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tests import doors
from viber_messaging.conf import conf
from viber_messaging.gateway.codes import MessageCode
from viber_messaging.models import Message, Recipient
from viber_messaging.sandbox import Sandbox
from viber_messaging.sandbox.ledger.messages import SMS, AcceptedMessage
from viber_messaging.states import CampaignState, MessageState, Recall

if TYPE_CHECKING:
    from tests.simulation.world import World

NOT_REACHED = frozenset({103, 105, 108, 109, 111})
ENDED = NOT_REACHED | {MessageCode.DELETED}


def intent_of(message: AcceptedMessage) -> str:
    """Return what somebody meant to send, to whom and by which way, as the first word of the text tells it."""
    way = "by SMS " if message.channel == SMS else ""
    return f"{message.text.split()[0]} {way}to {message.phone}"


def came_too_early(sms: AcceptedMessage, accounts: list[Sandbox], excused: set[int]) -> str:
    """Tell of an SMS that arrived while Viber might still reach the recipient; empty if it might not."""
    if conf.SMS_MAY_DOUBLE:
        return ""
    word = sms.text.split()[0]
    for account in accounts:
        for id_, message in account.accepted.items():
            if message.channel != SMS and message.phone == sms.phone and message.text.split()[0] == word:
                code = account.status_code(id_)
                if code not in ENDED and id_ not in excused:
                    return f"{intent_of(sms)} arrived while Viber says {code}"
    return ""


def missing(world: "World") -> Iterator[str]:
    """Tell of each Viber message whose outcome called for an SMS that was never made."""
    if world.has_lost_rows:
        return
    wanted = Message.objects.filter(channel="viber", is_recipient_gone=False, sms=None).exclude(sms_text="")
    wanted = wanted.exclude(campaign__state=CampaignState.CANCELLED).exclude(phone__in=world.opted_out)
    not_reached = wanted.filter(state=MessageState.UNDELIVERED, status_code__in=NOT_REACHED)
    deleted = wanted.filter(state=MessageState.CANCELLED, status_code=104, recall__in=(Recall.ASKED, Recall.LATE))
    for message in not_reached.exclude(recall=Recall.CALLED_OFF).union(deleted).order_by("pk"):
        yield f"message {message.pk} is {message.state} ({message.status_code}), and has no SMS"


def ask_for_sms(world: "World", message: Message) -> Message:
    """Let a message ask for an SMS, in some worlds and for some messages."""
    if world.chance.random() < world.profile.sms:
        message.sms_text = f"{message.text.split()[0]} по SMS"
        message.sms_after = world.chance.choice((None, None, 1, 5))
        message.phone = world.chance.choice((message.phone, *WITHOUT_VIBER))
    return message


def send_by_sms(world: "World") -> None:
    """Press Send by SMS."""
    if world.profile.sms:
        doors.send_by_sms(Message.objects.filter(state=MessageState.UNDELIVERED))


WITHOUT_VIBER = ("+380990000105", "+380990000103", "+380990000311", "+380990000312", "+380990000313", "+380990000314")


def note_opted_out(world: "World") -> None:
    """Remember who opted out, even if a restore or a change of mind makes the database forget it."""
    world.opted_out |= set(Recipient.objects.filter(opted_out_at__isnull=False).values_list("phone", flat=True))
