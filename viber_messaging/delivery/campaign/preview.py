"""What a campaign would send, to how many, before anything is sent; and one message to try it."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from viber_messaging.delivery.campaign import audience
from viber_messaging.delivery.campaign.audience import Addressee
from viber_messaging.delivery.campaign.texts import Obstacle, Rendering
from viber_messaging.delivery.storage import tables
from viber_messaging.models import Campaign, Message
from viber_messaging.models.campaign import FILLED_FIELDS
from viber_messaging.states import MessageState

BATCH_SIZE = 2000
SAMPLES = 3
TRIALS_A_DAY = 20
"""Tests of one campaign: its text may not be approved yet, and a test goes to any phone."""


@dataclass(slots=True, kw_only=True)
class Preview:
    """Who would get what, counted as the expansion would count it."""

    audience: int = 0
    """Different people in the groups."""
    repeats: int = 0
    """Times that somebody is in one more of the groups: such a person gets one message."""
    to_send: int = 0
    left_out: Counter[Obstacle] = field(default_factory=Counter)
    missing: Counter[str] = field(default_factory=Counter)
    """Of how many people each gap's value is missing."""
    samples: list[Addressee] = field(default_factory=list)
    """The first who would get it."""
    spoilt: dict[Obstacle, Addressee] = field(default_factory=dict)
    """The first of each kind who would not."""


def preview(campaign: Campaign, *, samples: int = SAMPLES) -> Preview:
    """Count as the expansion will; memory stays flat. The audience is gone through only where there are gaps to fill.

    Raises PlaceholderError where the gaps cannot be filled.
    """
    rendering = Rendering(campaign)
    found = _fill_each(campaign, samples) if rendering.has_gaps else _count(campaign, rendering, samples)
    found.repeats = max(audience.members(campaign).count() - found.audience, 0)
    return found


def _count(campaign: Campaign, rendering: Rendering, samples: int) -> Preview:
    """Let the database count where everybody would get the same."""
    reached = tables.recipients().filter(pk__in=audience.members(campaign).values("recipient"))
    total = audience.count(campaign, audience.last_key())
    opted_out = reached.filter(opted_out_at__isnull=False).count()
    found = Preview(audience=total, left_out=Counter({Obstacle.OPTED_OUT: opted_out} if opted_out else {}))
    first = reached.reachable().order_by("pk").values_list("pk", flat=True)
    shown = list(audience.read(rendering, list(first[:samples])))
    obstacle = rendering.fill("", {}).obstacle
    if obstacle is None:
        found.to_send, found.samples = total - opted_out, shown
    elif total > opted_out:
        found.left_out[obstacle], found.spoilt = total - opted_out, {obstacle: shown[0]}
    return found


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
        if found.to_send <= samples:
            found.samples.append(addressee)
    return found


def _audience(campaign: Campaign) -> Iterator[Addressee]:
    rendering, cursor, until = Rendering(campaign), 0, audience.last_key()
    while keys := audience.keys_after(campaign, cursor, until, BATCH_SIZE):
        yield from audience.read(rendering, keys)
        cursor = keys[-1]


def trial(campaign: Campaign, phone: str) -> Message:
    """Return an unsaved message that shows the campaign on this phone; save it to send it.

    It is filled for the recipient of that phone, else for the first who would get the campaign, else with the names
    of the gaps; its recipient is the one whose data it shows. It does not belong to the campaign, but is about it:
    whoever tries it gets the campaign too.
    Raises ValidationError, by field, when it cannot be sent so, or after TRIALS_A_DAY of them.
    """
    if _trials_of(campaign) >= TRIALS_A_DAY:
        sentence = _("Enough tests of this campaign were sent today: %(count)s. The others would be messages.")
        raise ValidationError(sentence % {"count": TRIALS_A_DAY}, code="trials")
    message = Message(**campaign.content_with({}), phone=phone, state=MessageState.QUEUED)
    message.clean_fields(exclude=FILLED_FIELDS)
    message.recipient_id, content = _content_for(campaign, message.phone)
    message.about = campaign
    for name, value in campaign.content_with(content).items():
        setattr(message, name, value)
    message.clean_fields()
    message.clean()
    return message


def _trials_of(campaign: Campaign) -> int:
    since = timezone.now() - timedelta(days=1)
    return tables.messages().about(campaign).filter(created_at__gte=since).count()


def _content_for(campaign: Campaign, phone: str) -> tuple[int | None, Mapping[str, str]]:
    """Return the content, and the key of the recipient whose data it shows, if it is anybody's."""
    rendering = Rendering(campaign)
    known = list(tables.recipients().filter(phone=phone).values_list("pk", flat=True))
    own = next(audience.read(rendering, known), None)
    if own is not None and not own.filled.missing:
        return own.pk, own.filled.fields
    first = next((addressee for addressee in _audience(campaign) if addressee.obstacle is None), None)
    if first is None:
        return None, rendering.with_names().fields
    return (first.pk if rendering.has_gaps else None), first.filled.fields
