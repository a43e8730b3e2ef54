"""The price of an SMS is asked by the beginning of the phone, kept, and unknown if the gateway does not say it."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Self

import pytest

from viber_messaging.delivery.connection import health
from viber_messaging.delivery.connection.guard import GuardedGateway
from viber_messaging.delivery.sms import prices
from viber_messaging.gateway.entities import Price
from viber_messaging.gateway.errors import OutcomeUnknown
from viber_messaging.sandbox import Sandbox

pytestmark = pytest.mark.django_db

SAMPLES = {"+38097": "+380971234567", "+38050": "+380501234567", "+38063": "+380631234567"}


class Told:
    """A site's own gateway class that tells these prices."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer

    def prices(self, phones: Sequence[str]) -> Any:
        return self.answer


class Silent:
    """A site's own gateway class that cannot tell prices."""


class Unreaching:
    """A site's own gateway class that cannot reach any phone."""

    def __init__(self, **settings: Any) -> None: ...

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *failure: object) -> None: ...

    def prices(self, phones: Sequence[str]) -> Mapping[str, Price]:
        return dict.fromkeys(phones, Price(amount=Decimal(0), currency="UAH"))


def guarded(gateway: Any) -> Mapping[str, Price]:
    return GuardedGateway(gateway).prices(["+380971234567"])


def test_what_the_gateway_told_is_known_without_asking_again(gateway: Sandbox):
    assert prices.known(SAMPLES) == {}
    assert prices.ask(SAMPLES) == 3
    asked = gateway.request_count
    assert prices.known(SAMPLES) == dict.fromkeys(SAMPLES, Price(amount=Decimal("0.95"), currency="UAH"))
    assert gateway.request_count == asked == 1


def test_many_phones_are_asked_about_in_packages(gateway: Sandbox, configure: Callable[..., None]):
    configure(PACKAGE_SIZE=2)
    assert prices.ask(SAMPLES) == 3
    assert gateway.request_count == 2


def test_the_prices_of_another_account_are_not_used(gateway: Sandbox, configure: Callable[..., None]):
    prices.ask(SAMPLES)
    configure(API_KEY="another")
    assert prices.known(SAMPLES) == {}


def test_a_phone_that_the_gateway_cannot_reach_says_nothing_of_others(configure: Callable[..., None]):
    configure(GATEWAY="tests.delivery.sms.test_prices.Unreaching", API_KEY="key")
    assert prices.ask(SAMPLES) == 0
    assert prices.known(SAMPLES) == {}


def test_only_prices_for_what_was_asked_are_taken_from_a_site_s_own_class():
    price = Price(amount=Decimal("0.5"), currency="UAH")
    assert guarded(Told({"+380971234567": price, "+380501234567": price})) == {"+380971234567": price}


@pytest.mark.parametrize(
    "wrong", ["0.5", None, Price(amount=Decimal("NaN"), currency="UAH"), Price(amount=1, currency="UAH")]
)  # type: ignore[arg-type]
def test_what_is_no_price_is_left_out(wrong: Any):
    assert guarded(Told({"+380971234567": wrong})) == {}


def test_an_answer_that_is_none_is_an_unknown_outcome():
    with pytest.raises(OutcomeUnknown):
        guarded(Told(None))


def test_a_class_without_prices_tells_none():
    assert guarded(Silent()) == {}


@pytest.mark.parametrize(
    ("path", "tells"),
    [
        ("viber_messaging.gateway.client.Client", True),
        ("tests.delivery.sms.test_prices.Silent", False),
        ("tests.delivery.sms.test_prices.Missing", False),
    ],
)
def test_it_is_known_whether_the_gateway_class_tells_prices(configure: Callable[..., None], path: str, tells: bool):
    configure(GATEWAY=path)
    assert health.tells_prices() is tells
