"""What one part of an SMS costs, as the gateway said within the last day.

The gateway is asked only if a person wants to know, about one phone for each beginning of phones, which tells the
operator. A person who kept the phone when changing the operator may cost more or less.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from django.core.cache import cache

from viber_messaging.conf import DAY, conf
from viber_messaging.delivery.connection import account, health
from viber_messaging.delivery.connection.guard import GuardedGateway
from viber_messaging.gateway.entities import Price


def known(beginnings: Iterable[str]) -> dict[str, Price]:
    """Return the known prices by the beginning of the phone, without asking the gateway."""
    places = {_place(beginning): beginning for beginning in beginnings}
    kept = cache.get_many(places)
    return {
        places[place]: Price(amount=Decimal(amount), currency=currency) for place, (amount, currency) in kept.items()
    }


def ask(samples: Mapping[str, str]) -> int:
    """Ask for the prices to these phones, by their beginning, and keep them; return how many the gateway told.

    A price of 0 says that the gateway cannot reach this phone, and nothing about others. Raises GatewayError, and
    ImproperlyConfigured if the settings are invalid.
    """
    beginnings = {phone: beginning for beginning, phone in samples.items()}
    told = {phone: price for phone, price in _asked(list(beginnings)).items() if price.amount > 0}
    kept = {_place(beginnings[phone]): (str(price.amount), price.currency) for phone, price in told.items()}
    cache.set_many(kept, DAY)
    return len(kept)


def _asked(phones: list[str]) -> dict[str, Price]:
    found: dict[str, Price] = {}
    with health.open_client() as client:
        for start in range(0, len(phones), conf.PACKAGE_SIZE):
            if isinstance(client, GuardedGateway):
                found |= client.prices(phones[start : start + conf.PACKAGE_SIZE])
    return found


def _place(beginning: str) -> str:
    return f"viber_messaging:sms_price:{account.mark()}:{beginning}"
