"""What the SMS of a campaign cost at most: the parts to each operator, by the price of one."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Sum

from viber_messaging.delivery.campaign import audience, preview_cache
from viber_messaging.delivery.sms import prices
from viber_messaging.delivery.storage import tables
from viber_messaging.models import Campaign
from viber_messaging.models.database.beginnings import phone_beginning
from viber_messaging.models.message_queries import MessageQuerySet
from viber_messaging.states import CampaignState

MOST_ASKED = 200
"""The most beginnings of phones to ask about; those with the most parts come first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """A number of SMS, and what is known about their price."""

    count: int
    parts: int
    amount: Decimal = Decimal(0)
    """The sum for the parts whose price is known."""
    currency: str = ""
    """Empty if no price is known."""
    unpriced: int = 0
    """The parts whose price is unknown, or in another currency."""


def cost_of(count: int, parts: Mapping[str, int]) -> Cost:
    """Return the cost of SMS with these parts by the beginning of the phone, without asking the gateway."""
    known = prices.known(parts)
    currency = next(iter(sorted(price.currency for price in known.values())), "")
    priced = {beginning: price for beginning, price in known.items() if price.currency == currency}
    return Cost(
        count=count,
        parts=sum(parts.values()),
        amount=sum((price.amount * parts[beginning] for beginning, price in priced.items()), Decimal(0)),
        currency=currency,
        unpriced=sum(number for beginning, number in parts.items() if beginning not in priced),
    )


def cost_so_far(campaign: Campaign) -> Cost:
    """Return the cost of the SMS that the gateway accepted, by the parts that it counted."""
    rows = _by_beginning(_charged(campaign)).annotate(count=Count("pk"), parts=Sum("sms_count"))
    found = list(rows)
    return cost_of(sum(count for _, count, _ in found), {beginning: parts for beginning, _, parts in found})


def ask_prices(campaign: Campaign) -> int:
    """Ask for the price to one phone of each operator; return how many the gateway told. Raises as prices.ask does."""
    phones: Any
    if campaign.state == CampaignState.DRAFT:
        parts: Mapping[str, int] = preview_cache.count(campaign).preview.sms_parts
        phones = tables.recipients().filter(pk__in=audience.members(campaign).values("recipient")).reachable()
    else:
        phones = _charged(campaign)
        parts = dict(_by_beginning(phones).annotate(parts=Sum("sms_count")))
    largest = sorted(parts, key=lambda beginning: -parts[beginning])[:MOST_ASKED]
    found = {beginning: _first(phones, beginning) for beginning in largest}
    samples = {beginning: phone for beginning, phone in found.items() if phone}
    return prices.ask(samples) if samples else 0


def _charged(campaign: Campaign) -> MessageQuerySet:
    sms = tables.messages().by_sms().filter(campaign=campaign.pk)
    return sms.filter(accepted_at__isnull=False, sms_count__gt=0, phone__startswith="+")


def _by_beginning(messages: MessageQuerySet) -> Any:
    return messages.order_by().annotate(beginning=phone_beginning()).values_list("beginning")


def _first(phones: Any, beginning: str) -> str | None:
    found: str | None = (
        phones.filter(phone__startswith=beginning).order_by("pk").values_list("phone", flat=True).first()
    )
    return found
