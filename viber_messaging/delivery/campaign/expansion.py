"""Create the messages of a campaign, a batch at a time.

Each batch is one transaction: it moves the campaign's cursor by a conditional update that names its old position, and
inserts the messages. If two workers process the same batch, only one moves the cursor; a worker killed halfway leaves
nothing behind. The unique constraint on campaign and phone is the last guard. Conflicts are not left to
ignore_conflicts, because that would also skip a message whose reference another intent uses.

The audience is read batch by batch, so an expansion holds one batch in memory. People added after it began get nothing;
people known before get the message if they are in one of the groups when their batch is read.
"""

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import IntegrityError, connections
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_noop

from viber_messaging.delivery.campaign import audience
from viber_messaging.delivery.campaign.audience import Addressee
from viber_messaging.delivery.campaign.predecessors import without_predecessors
from viber_messaging.delivery.campaign.texts import Obstacle, Rendering
from viber_messaging.delivery.queue import moves
from viber_messaging.delivery.report import Report
from viber_messaging.delivery.storage import tables
from viber_messaging.delivery.storage.retry import persist, retried
from viber_messaging.logs.facts import facts
from viber_messaging.models import Campaign, Message
from viber_messaging.states import CampaignState, MessageState
from viber_messaging.text.placeholders import PlaceholderError

logger = logging.getLogger(__name__)

BATCH_SIZE = 1000
NOBODY_LEFT = gettext_noop("Its groups are empty. Add people to them and resume the campaign, or cancel it.")

TRIES = 2
"""A recipient deleted at the wrong moment makes a batch fail once, not twice."""

CANNOT_BE_MADE = gettext_noop("Its messages could not be created. Ask your developers to check the log.")


def expand(report: Report, *, limit: int) -> int:
    """Create the next messages of each campaign that is due, for up to ``limit`` recipients each.

    Return how many recipients were processed; 0 if there is nothing to do, or another worker does it.
    """
    campaigns = list(tables.campaigns().expandable(timezone.now()).order_by("pk"))
    return sum(_expand(campaign, report, min(limit, BATCH_SIZE)) for campaign in campaigns)


def _expand(campaign: Campaign, report: Report, size: int) -> int:
    """Expand one batch; if that fails, pause the campaign so that the others can continue."""
    for number in range(1, TRIES + 1):
        try:
            return _expand_batch(campaign, report, size)
        except (IntegrityError, PlaceholderError) as error:
            logger.error(
                "A batch of campaign %s failed (%s), attempt %s.",
                campaign.pk,
                type(error).__name__,
                number,
                extra=facts("campaign_batch_failed", campaign=campaign.pk),
            )
    tables.campaigns().filter(pk=campaign.pk, state=CampaignState.RUNNING).update(
        state=CampaignState.PAUSED, error=CANNOT_BE_MADE
    )
    return 0


def _expand_batch(campaign: Campaign, report: Report, size: int) -> int:
    if campaign.audience_until is None:
        campaign = _begin(campaign)
    if campaign.audience_until is None:
        return 0
    until = campaign.audience_until
    keys = audience.keys_after(campaign, campaign.cursor, until, size)
    addressees = list(audience.read(Rendering(campaign), keys))
    is_last = len(keys) < size
    cursor = keys[-1] if keys else until
    made = persist(
        lambda: _save(campaign, cursor, addressees, is_last=is_last),
        found=lambda: _count_saved(campaign, cursor, addressees, is_last=is_last),
    )
    if made is None:
        return 0
    report.moved[MessageState.QUEUED] += made
    logger.info(
        "Campaign %s: %s messages were queued for a batch of %s recipients.",
        campaign.pk,
        made,
        len(keys),
        extra=facts("campaign_expanded", campaign=campaign.pk, count=made),
    )
    return len(keys)


@retried
def _begin(campaign: Campaign) -> Campaign:
    """Decide once who may be in the audience: everyone known by now.

    Wait while many people are being added to one of the groups, so that all of them are in the audience or none.
    """
    if connections[tables.alias()].features.has_select_for_update_skip_locked:
        with tables.atomic():
            if audience.lock_if_free(audience.groups(campaign)):
                _decide_audience(campaign)
    else:
        _decide_audience(campaign)
    return tables.campaigns().get(pk=campaign.pk)


def _decide_audience(campaign: Campaign) -> None:
    """Record the audience; pause a campaign whose groups are empty, for whatever reason."""
    until = audience.last_key()
    count = audience.count(campaign, until)
    begun = tables.campaigns().filter(pk=campaign.pk, audience_until=None, state=CampaignState.RUNNING)
    if count:
        begun.update(audience_until=until, audience_count=count)
    else:
        begun.update(state=CampaignState.PAUSED, error=NOBODY_LEFT)


def _count_saved(campaign: Campaign, cursor: int, addressees: Sequence[Addressee], *, is_last: bool) -> int | None:
    """Return how many messages an earlier try created if the answer to its COMMIT was lost; None if it created none."""
    stored = tables.campaigns().get(pk=campaign.pk)
    if stored.cursor < cursor or (is_last and stored.expanded_at is None):
        return None
    phones = [addressee.phone for addressee in addressees if addressee.obstacle is None]
    return tables.messages().filter(campaign=campaign.pk, phone__in=phones).count()


def _save(campaign: Campaign, cursor: int, addressees: Sequence[Addressee], *, is_last: bool) -> int | None:
    """Move the cursor and insert the messages; return how many, or None if the batch is no longer ours."""
    obstacles = Counter(addressee.obstacle for addressee in addressees)
    with tables.atomic():
        moved = (
            tables.campaigns()
            .filter(pk=campaign.pk, state=CampaignState.RUNNING, cursor=campaign.cursor, expanded_at=None)
            .update(
                cursor=cursor,
                expanded_at=timezone.now() if is_last else None,
                opted_out_count=F("opted_out_count") + obstacles[Obstacle.OPTED_OUT],
                incomplete_count=F("incomplete_count") + obstacles[Obstacle.INCOMPLETE],
                too_long_count=F("too_long_count") + obstacles[Obstacle.TOO_LONG],
            )
        )
        if not moved:
            return None
        batch = _messages(campaign, [addressee for addressee in addressees if addressee.obstacle is None])
        moves.insert_queued(batch)
    return len(batch)


def _messages(campaign: Campaign, addressees: Sequence[Addressee]) -> list[Message]:
    """Return the messages to insert, except to phones that the campaign has already written to."""
    shared = _shared(campaign)
    return without_predecessors(campaign, [_message(shared, addressee) for addressee in addressees])


def _shared(campaign: Campaign) -> dict[str, Any]:
    """Return the values shared by all messages of a batch, by column, in column order."""
    message = Message(
        **campaign.content_with({}),
        campaign_id=campaign.pk,
        created_by_id=campaign.created_by_id,
        state=MessageState.QUEUED,
        queued_at=timezone.now(),
    )
    return {field.attname: getattr(message, field.attname) for field in Message._meta.concrete_fields}


def _message(shared: Mapping[str, Any], addressee: Addressee) -> Message:
    """Create a message from all its columns in order, which takes Django a third of the time needed for keywords."""
    own = {"recipient_id": addressee.pk, "phone": addressee.phone}
    columns: Any = {**shared, **own, **addressee.filled.fields}.values()
    return Message(*columns)
