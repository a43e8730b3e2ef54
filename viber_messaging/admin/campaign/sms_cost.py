"""What the SMS of a campaign cost at most, in words, beside the account's balance."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from viber_messaging.conf import conf
from viber_messaging.delivery.campaign import sms_cost
from viber_messaging.delivery.campaign.preview import Preview
from viber_messaging.delivery.campaign.sms_cost import Cost
from viber_messaging.delivery.connection import health
from viber_messaging.models import Campaign, Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class CostInWords:
    """The cost of a campaign's SMS as its pages say it."""

    sentences: list[str]
    warning: str = ""
    may_be_asked: bool = False
    """Whether some price is unknown that the gateway could say."""


def expected(campaign: Campaign, found: Preview, account: Connection) -> CostInWords | None:
    """Return what the SMS of a draft cost at most; None if it asks for none."""
    if not conf.SMS or not campaign.sms_text or not found.sms_parts:
        return None
    cost = sms_cost.cost_of(found.to_send, found.sms_parts)
    counted = _("At most %(count)s SMS, parts: %(parts)s.") % _counts(cost)
    return _in_words(counted, cost, _warning(cost, account))


def so_far(campaign: Campaign) -> CostInWords | None:
    """Return what the SMS of a started campaign cost at most; None if the gateway accepted none."""
    cost = sms_cost.cost_so_far(campaign)
    if not cost.count:
        return None
    return _in_words(_("Accepted: %(count)s SMS, parts: %(parts)s.") % _counts(cost), cost)


def _in_words(counted: str, cost: Cost, warning: str = "") -> CostInWords:
    may_be_asked = bool(cost.unpriced) and health.tells_prices()
    return CostInWords(sentences=[counted, *_price(cost)], warning=warning, may_be_asked=may_be_asked)


def _price(cost: Cost) -> Iterator[str]:
    if cost.currency:
        amount = {"amount": _number(cost.amount), "currency": cost.currency}
        yield _("They cost at most %(amount)s %(currency)s.") % amount
    if cost.unpriced:
        yield _("The price is unknown for parts: %(parts)s.") % {"parts": _number(cost.unpriced)}


def _warning(cost: Cost, account: Connection) -> str:
    """Return a warning if the balance would not suffice, or fall below LOW_BALANCE."""
    balance = account.balance_amount
    if not cost.currency or balance is None or account.balance_currency != cost.currency:
        return ""
    if balance < cost.amount:
        return _("The known balance is not enough for all of them.")
    if conf.LOW_BALANCE is not None and balance - cost.amount < Decimal(conf.LOW_BALANCE):
        limit = {"limit": _number(Decimal(conf.LOW_BALANCE)), "currency": cost.currency}
        return _("The balance may fall below %(limit)s %(currency)s (the setting LOW_BALANCE).") % limit
    return ""


def _counts(cost: Cost) -> dict[str, str]:
    return {"count": _number(cost.count), "parts": _number(cost.parts)}


def _number(number: int | Decimal) -> str:
    """Return a number, or an amount rounded up to hundredths."""
    written = number.quantize(Decimal("0.01"), ROUND_CEILING) if isinstance(number, Decimal) else number
    return number_format(written, use_l10n=True, force_grouping=True)
