"""What people do at the site, while everything else happens."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import DatabaseError, InterfaceError
from django.db.models import QuerySet
from django.utils import timezone

from tests import doors
from tests.chaos import audience
from tests.machine.healing import FOR_A_PERSON
from tests.simulation import by_sms
from viber_messaging import api
from viber_messaging.importing import Subject
from viber_messaging.importing.confirmation import AlreadyOver, confirm
from viber_messaging.importing.intake import receive
from viber_messaging.models import (
    Campaign,
    CampaignChanged,
    Message,
    MessageChanged,
    Recipient,
    RecipientGroup,
)
from viber_messaging.sandbox.faults.scenarios import BY_NAME
from viber_messaging.states import CampaignState, MessageState

if TYPE_CHECKING:
    from tests.simulation.world import World

ODD = (
    *("refused-203", "error-201", "error-212", "dropped", "lost-answer", "cut", "half", "garbage", "http-502"),
    *("left-out", "strange-code", "unclear", "stuck", "undelivered", "read"),
    *("rejected", "expired", "refused-208", "sms-refused", "held-viber", "late-viber"),
)
USUAL = tuple(f"+38097123456{digit}" for digit in range(6))
PHONES = (*USUAL, *USUAL, *(BY_NAME[name].phone for name in ODD))
GROUPS = ("Friends", "Customers")
ORDERS = 8
"""So many keys are used, again and again: callers retry."""
REFUSALS = (
    *(DatabaseError, InterfaceError, ValidationError, MessageChanged, CampaignChanged),
    *(api.KeyReused, api.MessagesInFlight, doors.GroupsChanged, AlreadyOver),
)
"""What a person is told, and leaves it at that."""


def order(world: "World") -> None:
    """Save a message."""
    _new_message(world).save()


def order_by_key(world: "World") -> None:
    """Call with a key that others use too."""
    number = world.chance.randrange(ORDERS)
    api.send_message(USUAL[number % len(USUAL)], f"k{number} is ready", key=f"order-{number}", sender="SMSTest")


def order_several(world: "World") -> None:
    """Save several messages in one go."""
    api.send_messages([_new_message(world) for _ in range(world.chance.randint(1, 4))])


def order_inside_a_request(world: "World") -> None:
    """Save a message, and send it at once."""
    message = _new_message(world)
    message.save()
    doors.send_inline([message.pk])


def _new_message(world: "World") -> Message:
    message = Message(sender="SMSTest", phone=world.chance.choice(PHONES), text=f"{world.new_name('s')} привіт")
    return by_sms.ask_for_sms(world, message)


def order_for_later(world: "World") -> None:
    """Save a message that the gateway is to deliver later."""
    message = _new_message(world)
    message.scheduled_at = timezone.now() + timedelta(minutes=world.chance.choice((2, 30)))
    message.save()


def draft(world: "World") -> None:
    """Write a message, and leave it at that."""
    message = _new_message(world)
    message.state = MessageState.DRAFT
    message.save()


def queue_draft(world: "World") -> None:
    """Send what somebody has drafted."""
    for message in Message.objects.filter(state=MessageState.DRAFT).order_by("pk")[:1]:
        message.state = MessageState.QUEUED
        message.save()


def import_people(world: "World") -> None:
    """Import a spreadsheet into a group."""
    rows = ((phone, "Imported", "Lviv") for phone in world.chance.sample(USUAL, 3))
    upload = audience.spreadsheet(rows)
    options = {"group": world.chance.choice(GROUPS)}
    staged = receive(upload, "people.csv", owner="clerk", subject=Subject.RECIPIENTS, options=options)
    confirm(staged, user=None)


def edit(world: "World") -> None:
    """Try to change a message."""
    for message in _some(world):
        message.text = "edited"
        message.save()


def cancel(world: "World") -> None:
    """Press Cancel."""
    doors.cancel(_some(world))


def retry(world: "World") -> None:
    """Press Retry."""
    doors.retry(_some(world))


def ask(world: "World") -> None:
    """Press Refresh."""
    doors.ask_now(_some(world))


def decide(world: "World") -> None:
    """Decide about what is in doubt, by what the gateway's own pages tell."""
    for message in Message.objects.filter(state=MessageState.UNCONFIRMED, error__in=FOR_A_PERSON):
        this = Message.objects.filter(pk=message.pk)
        # send_again refuses recipients who have opted out; their message can only be marked as sent.
        if world.network.may_have(message.reference) or not doors.send_again(this):
            world.marked.update(doors.mark_sent(this))


def opt_out(world: "World") -> None:
    """Take somebody's wish for no more messages."""
    api.opt_out(world.chance.choice(USUAL))
    by_sms.note_opted_out(world)


def opt_in(world: "World") -> None:
    """Take somebody's wish for messages again."""
    api.opt_in(world.chance.choice(USUAL))


def forget(world: "World") -> None:
    """Erase a person."""
    world.has_lost_rows = True
    api.forget(world.chance.choice(USUAL))


def prune(world: "World") -> None:
    """Delete what ended some time ago; never where the account changes: its key would mean a new message there."""
    if world.profile.account_changes:
        return
    world.has_lost_rows = True
    doors.prune(timezone.now() - timedelta(minutes=world.chance.choice((0, 5))))


def join(world: "World") -> None:
    """Add a person to a group."""
    phone, name = world.chance.choice(PHONES), world.chance.choice(GROUPS)
    recipient, _is_new = Recipient.objects.get_or_create(phone=phone, defaults={"name": "Ann"})
    RecipientGroup.objects.get(name=name).recipients.add(recipient)


def leave(world: "World") -> None:
    """Delete a person."""
    world.has_lost_rows = True
    for recipient in Recipient.objects.filter(phone=world.chance.choice(USUAL)):
        recipient.delete()


def campaign(world: "World") -> None:
    """Write a campaign, and start it."""
    name = world.new_name("c")
    made = Campaign(name="News", sender="SMSTest", text=name + " {name|friend}")
    if world.chance.random() < world.profile.sms:
        made.sms_text, made.sms_after = name + " {name|friend}, по SMS", world.chance.choice((None, 1, 5))
    made.save()
    made.groups.set(RecipientGroup.objects.filter(name__in=world.chance.sample(GROUPS, world.chance.randint(1, 2))))
    api.start_campaign(made)


def pause(world: "World") -> None:
    """Pause a campaign."""
    for one in _campaign(world, CampaignState.RUNNING):
        api.pause_campaign(one)


def resume(world: "World") -> None:
    """Resume a campaign."""
    for one in _campaign(world, CampaignState.PAUSED):
        api.resume_campaign(one)


def end(world: "World") -> None:
    """Cancel a campaign."""
    for one in _campaign(world, CampaignState.RUNNING, CampaignState.PAUSED):
        api.cancel_campaign(one)


def stop_all(world: "World") -> None:
    """Stop all sending."""
    doors.stop_all()


def let_go_on(world: "World") -> None:
    """Let sending go on, and at once."""
    doors.let_go_on()
    doors.try_now()


def _some(world: "World") -> "QuerySet[Message]":
    """Return all messages, or one of them."""
    pks = list(Message.objects.order_by("pk").values_list("pk", flat=True))
    chosen = pks if not pks or world.chance.random() < 0.3 else [world.chance.choice(pks)]
    return Message.objects.filter(pk__in=chosen)


def _campaign(world: "World", *states: CampaignState) -> list[Campaign]:
    found = list(Campaign.objects.filter(state__in=states).order_by("pk"))
    return [world.chance.choice(found)] if found else []


DEEDS: Mapping[Callable[[Any], None], int] = {
    deed: weight
    for weight, several in (
        (6, (order_by_key,)),
        (5, (campaign,)),
        (4, (order, order_several, order_inside_a_request)),
        (3, (retry, resume, let_go_on, order_for_later)),
        (2, (by_sms.send_by_sms, cancel, ask, decide, opt_out, join, pause, draft, queue_draft, import_people)),
        (1, (edit, opt_in, forget, prune, leave, end, stop_all)),
    )
    for deed in several
}
"""Each with its weight."""
