"""A site in the middle of its work: something to see on every page."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Any

from django.utils import timezone

from tests import doors
from tests.doors import TOO_OLD_TO_RESEND
from viber_messaging.api import opt_out
from viber_messaging.models import Campaign, ConsentChange, Message, Recipient, RecipientGroup, SendAttempt, Sender
from viber_messaging.states import AttemptOutcome, CampaignState, MessageChannel, MessageState

PEOPLE = [("Олена Коваль", "Київ"), ("Ігор Шевченко", "Львів"), ("Марія Бондар", "Дніпро"), ("Степан Мельник", "Одеса")]
CODES = {
    MessageState.ACCEPTED: 1,
    MessageState.DELIVERED: 102,
    MessageState.READ: 116,
    MessageState.UNDELIVERED: 105,
    MessageState.REJECTED: 203,
    MessageState.FAILED: 208,
}
OUTCOMES = {
    MessageState.REJECTED: AttemptOutcome.REJECTED,
    MessageState.FAILED: AttemptOutcome.REJECTED,
    MessageState.UNCONFIRMED: AttemptOutcome.UNKNOWN,
    MessageState.QUEUED: AttemptOutcome.NOT_SENT,
}
ORDER = (
    CampaignState.FINISHED,
    CampaignState.CANCELLED,
    CampaignState.PAUSED,
    CampaignState.RUNNING,
    CampaignState.DRAFT,
)
"""Of the campaigns: one worker sends for all, and what is to stand half-way comes after what is to be finished."""

NAMES = {
    CampaignState.DRAFT: "Літня колекція",
    CampaignState.RUNNING: "Весняна знижка",
    CampaignState.PAUSED: "Нові надходження",
    CampaignState.FINISHED: "День матері",
    CampaignState.CANCELLED: "Зимовий розпродаж",
}


@dataclass(frozen=True, kw_only=True)
class Scenery:
    """What stands on the site, by what a page needs of it."""

    messages: dict[str, int]
    """By state; ``doubtful`` is one that a person must decide about."""
    campaigns: dict[str, int]
    recipient: int
    opted_out: int
    group: int
    attempt: int
    sender: int
    consent: int


def furnish(picture: str) -> Scenery:
    """Fill the site; ``picture`` is an address that a browser may show."""
    senders = [Sender.objects.create(name=name) for name in ("Kvitka", "SMSTest")]
    group, people = _audience()
    started = {state.value: _campaign(state, group) for state in ORDER}
    messages = {state.value: _message(state, picture) for state in MessageState}
    messages["sms"] = _sms(messages[MessageState.UNDELIVERED.value])
    messages["doubtful"] = _message(MessageState.FAILED, picture, error=TOO_OLD_TO_RESEND, status_code=None)
    return Scenery(
        messages=messages,
        campaigns=started,
        recipient=people[0].pk,
        opted_out=people[-1].pk,
        group=group.pk,
        attempt=SendAttempt.objects.earliest("pk").pk,
        sender=senders[0].pk,
        consent=ConsentChange.objects.earliest("pk").pk,
    )


def _audience() -> tuple[RecipientGroup, list[Recipient]]:
    group, others = RecipientGroup.objects.create(name="Постійні клієнти"), RecipientGroup.objects.create(name="Друзі")
    people = [
        Recipient.objects.create(phone=f"+3809712345{place:02d}", name=name, attributes={"Місто": city})
        for place, (name, city) in enumerate(PEOPLE * 3)
    ]
    group.recipients.set(people)
    others.recipients.set(people[:2])
    opt_out(people[-1].phone, source="unsubscribe link")
    return group, people


def _message(state: MessageState, picture: str, **facts: Any) -> int:
    """Make a message that stands there since an hour, with the attempt that led there."""
    content = {"text": "Ваше замовлення *№ 42* готове", "sender": "Kvitka", "phone": "+380971234500"}
    if state in (MessageState.READ, MessageState.DRAFT):
        content |= {"type": "button", "image": picture, "button": "До крамниці", "url": "https://example.com/shop"}
    message = Message(
        state=MessageState.DRAFT, metadata={"замовлення": 42, "склад": ["троянди", "тюльпани"]}, **content
    )
    message.about = Sender.objects.first()
    message.save()
    then = timezone.now() - timedelta(hours=1)
    is_taken = state in (MessageState.ACCEPTED, MessageState.DELIVERED, MessageState.READ, MessageState.UNDELIVERED)
    facts = {
        "state": state,
        "status_code": CODES.get(state),
        "created_at": then,
        "queued_at": None if state == MessageState.DRAFT else then,
        "accepted_at": then if is_taken else None,
        "completed_at": then + timedelta(minutes=1) if state in CODES and state != MessageState.ACCEPTED else None,
        "msg_id": str(7_000_000 + message.pk) if is_taken else "",
        "next_attempt_at": timezone.now() + timedelta(days=1) if state in OUTCOMES else None,
    } | facts
    Message.objects.filter(pk=message.pk).update(**facts)
    if state not in (MessageState.DRAFT, MessageState.CANCELLED, MessageState.SENDING):
        _attempt(message, state, then)
    return message.pk


def _sms(viber: int) -> int:
    """Make the SMS that reached whom Viber did not."""
    before = Message.objects.get(pk=viber)
    sms = Message.objects.create(
        channel=MessageChannel.SMS, fallback_of=before, state=MessageState.DRAFT, phone=before.phone,
        sender=before.sender, text="Замовлення 42 готове: Хрещатик, 1",
    )  # fmt: skip
    then = timezone.now() - timedelta(minutes=50)
    facts = {"state": MessageState.DELIVERED, "status_code": 102, "created_at": then, "queued_at": then}
    facts |= {"accepted_at": then, "completed_at": then + timedelta(minutes=1), "msg_id": str(7_000_000 + sms.pk)}
    Message.objects.filter(pk=sms.pk).update(**facts)
    _attempt(sms, MessageState.DELIVERED, then)
    return sms.pk


def _attempt(message: Message, state: MessageState, then: Any) -> None:
    SendAttempt.objects.create(
        message=message,
        number=1,
        started_at=then,
        finished_at=then + timedelta(seconds=1),
        outcome=OUTCOMES.get(state, AttemptOutcome.ACCEPTED),
        status_code=CODES.get(state),
        http_status=200,
        reply='<?xml version="1.0"?><package><message><msg id="1" sms_id="2">1</msg></message></package>',
    )


def _campaign(state: CampaignState, group: RecipientGroup) -> int:
    text = "Вітаємо, {name|друже}! Для міста {Місто} *знижка* до неділі."
    campaign = Campaign.objects.create(name=NAMES[state], sender="Kvitka", text=text)
    campaign.groups.set([group])
    if state != CampaignState.DRAFT:
        doors.start(campaign)
    for does_it in _moves(state):
        does_it(campaign)
    assert Campaign.objects.get(pk=campaign.pk).state == state
    return campaign.pk


def _moves(state: CampaignState) -> list[Callable[[Campaign], Any]]:
    return {
        CampaignState.RUNNING: [lambda _campaign: doors.work(limit=4)],
        CampaignState.PAUSED: [doors.pause],
        CampaignState.CANCELLED: [doors.cancel_campaign],
        CampaignState.FINISHED: [lambda _campaign: doors.work()],
    }.get(state, [])


def furnish_month() -> None:
    """Add the messages of thirty days, of two senders, most of them delivered."""
    now, ends = timezone.now(), [*[MessageState.READ] * 11, *[MessageState.DELIVERED] * 6, MessageState.UNDELIVERED]
    ends += [MessageState.REJECTED, MessageState.ACCEPTED]
    draw, messages = Random(7), []
    for number in range(900):
        moment = now - timedelta(days=draw.randrange(30), minutes=draw.randrange(600))
        if moment.weekday() == 6 and number % 4:
            continue
        state = draw.choice(ends)
        messages.append(
            Message(
                sender=("Kvitka", "SMSTest")[number % 3 == 0],
                phone=f"+38067{1000000 + number}",
                text=f"Ваше замовлення *№ {1000 + number}* готове",
                state=state,
                status_code=CODES[state],
                created_at=moment,
                queued_at=moment,
                accepted_at=moment + timedelta(seconds=2),
                completed_at=moment + timedelta(seconds=2 + number % 40),
            )
        )
    Message.objects.bulk_create(messages)
