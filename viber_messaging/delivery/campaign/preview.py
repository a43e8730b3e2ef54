"""What a campaign would send, and to how many, before anything is sent; and a test message."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _

from viber_messaging.delivery.campaign import audience
from viber_messaging.delivery.campaign.audience import Addressee
from viber_messaging.delivery.campaign.texts import Obstacle, Rendering
from viber_messaging.delivery.storage import tables
from viber_messaging.models import Campaign, Message
from viber_messaging.models.campaign import FILLED_FIELDS
from viber_messaging.models.database.beginnings import phone_beginning
from viber_messaging.states import MessageState
from viber_messaging.text import sms
from viber_messaging.text.carriers import PREFIX_LENGTH

BATCH_SIZE = 2000
SAMPLES = 3
TRIALS_A_DAY = 20
"""The limit for each campaign, since its text may not be approved yet and a test can go to any phone."""


@dataclass(slots=True, kw_only=True)
class Preview:
    """Who would get what, counted as expansion would count it."""

    audience: int = 0
    """The number of different people in the groups."""
    repeats: int = 0
    """The number of additional memberships of people in several groups, who still get one message."""
    to_send: int = 0
    left_out: Counter[Obstacle] = field(default_factory=Counter)
    missing: Counter[str] = field(default_factory=Counter)
    """The number of people without a value, for each placeholder."""
    sms_parts: Counter[str] = field(default_factory=Counter)
    """The parts of all SMS, if Viber reaches nobody, by the beginning of the phone, which tells the operator."""
    samples: list[Addressee] = field(default_factory=list)
    """The first people who would get it."""
    spoilt: dict[Obstacle, Addressee] = field(default_factory=dict)
    """The first person who would not get it, for each reason."""


def preview(campaign: Campaign, *, samples: int = SAMPLES) -> Preview:
    """Count as expansion will, in constant memory. The audience is read only if there are placeholders to fill.

    Raises PlaceholderError if the placeholders cannot be filled.
    """
    rendering = Rendering(campaign)
    found = _fill_each(campaign, samples) if rendering.has_placeholders else _count(campaign, rendering, samples)
    found.repeats = max(audience.members(campaign).count() - found.audience, 0)
    return found


def _count(campaign: Campaign, rendering: Rendering, samples: int) -> Preview:
    """Let the database count if everybody would get the same content."""
    reached = audience.people(audience.groups(campaign))
    total = audience.count(campaign, audience.last_key())
    opted_out = reached.filter(opted_out_at__isnull=False).count()
    found = Preview(audience=total, left_out=Counter({Obstacle.OPTED_OUT: opted_out} if opted_out else {}))
    first = reached.reachable().order_by("pk").values_list("pk", flat=True)
    shown = list(audience.read(rendering, list(first[:samples])))
    obstacle = rendering.fill("", {}).obstacle
    if obstacle is None:
        found.to_send, found.samples = total - opted_out, shown
        found.sms_parts = _sms_parts(reached, sms.count_parts(rendering.fill("", {}).fields["sms_text"]))
    elif total > opted_out:
        found.left_out[obstacle], found.spoilt = total - opted_out, {obstacle: shown[0]}
    return found


def _sms_parts(reached: Any, parts: int) -> Counter[str]:
    """Let the database count the phones by their beginning, if everybody would get the same SMS."""
    if not parts:
        return Counter()
    beginnings = reached.reachable().order_by().annotate(beginning=phone_beginning())
    rows = beginnings.values_list("beginning").annotate(count=Count("pk"))
    return Counter({beginning: count * parts for beginning, count in rows})


def _fill_each(campaign: Campaign, samples: int) -> Preview:
    found = Preview()
    for addressee in _audience(campaign):
        found.audience += 1
        found.missing.update(addressee.filled.missing)
        if addressee.obstacle is not None:
            found.left_out[addressee.obstacle] += 1
            found.spoilt.setdefault(addressee.obstacle, addressee)
            continue
        found.to_send += 1
        if parts := sms.count_parts(addressee.filled.fields["sms_text"]):
            found.sms_parts[addressee.phone[:PREFIX_LENGTH]] += parts
        if found.to_send <= samples:
            found.samples.append(addressee)
    return found


def _audience(campaign: Campaign) -> Iterator[Addressee]:
    rendering, cursor, until = Rendering(campaign), 0, audience.last_key()
    while keys := audience.keys_after(campaign, cursor, until, BATCH_SIZE):
        yield from audience.read(rendering, keys)
        cursor = keys[-1]


def trial(campaign: Campaign, phone: str, *, with_sms: bool = True) -> Message:
    """Return an unsaved message that shows the campaign on this phone; save it to send it.

    It is filled for the recipient with that phone, otherwise for the first person who would get the campaign, otherwise
    with the placeholders' names. Its recipient is the person whose data it shows. It is about the campaign but not part
    of it, so the person who gets the test also gets the campaign. Raises ValidationError, by field, if it cannot be
    sent, or after TRIALS_A_DAY test messages.
    """
    if _trials_of(campaign) >= TRIALS_A_DAY:
        sentence = _("This campaign has reached the limit of %(count)s test messages a day.")
        raise ValidationError(sentence % {"count": TRIALS_A_DAY}, code="trials")
    message = Message(**campaign.content_with({}), phone=phone, state=MessageState.QUEUED)
    message.clean_fields(exclude=FILLED_FIELDS)
    message.recipient_id, content = _content_for(campaign, message.phone)
    message.about = campaign
    for name, value in campaign.content_with(content).items():
        setattr(message, name, value)
    if not with_sms:
        message.sms_text, message.sms_sender, message.sms_after = "", "", None
    message.clean_fields()
    message.clean()
    return message


def _trials_of(campaign: Campaign) -> int:
    since = timezone.now() - timedelta(days=1)
    return tables.messages().about(campaign).filter(created_at__gte=since).count()


def _content_for(campaign: Campaign, phone: str) -> tuple[int | None, Mapping[str, str]]:
    """Return the content, and the key of the recipient whose data it shows, if any."""
    rendering = Rendering(campaign)
    known = list(tables.recipients().filter(phone=phone).values_list("pk", flat=True))
    own = next(audience.read(rendering, known), None)
    if own is not None and not own.filled.missing:
        return own.pk, own.filled.fields
    first = next((addressee for addressee in _audience(campaign) if addressee.obstacle is None), None)
    if first is None:
        return None, rendering.with_names().fields
    return (first.pk if rendering.has_placeholders else None), first.filled.fields
