"""With pytest and pytest-django: the fixture ``viber_outbox`` is there by itself."""

import pytest

from tests.examples.shop import order_is_ready
from viber_messaging.api import Unreachable

pytestmark = pytest.mark.django_db(transaction=True)  # messages leave after the commit


def test_the_customer_is_told(viber_outbox):
    order_is_ready(42, "097 123-45-67")
    (sent,) = viber_outbox
    assert (sent.phone, sent.text) == ("+380971234567", "Order 42 is ready")


def test_a_phone_without_viber_is_refused(viber_outbox):
    viber_outbox.refuse("097 123-45-67", 203)
    message = order_is_ready(42, "097 123-45-67")
    assert (message.state, message.status_code) == ("rejected", 203)
    assert viber_outbox == []


def test_an_answer_that_is_lost_makes_no_second_message(viber_outbox):
    viber_outbox.lose_answer()
    message = order_is_ready(42, "097 123-45-67")
    assert [attempt.outcome for attempt in message.attempts.all()] == ["unknown"]
    assert message.state == "delivered"  # the gateway was asked at once
    assert len(viber_outbox) == 1


def test_an_outage_delays_and_loses_nothing(viber_outbox):
    viber_outbox.fail(Unreachable())
    message = order_is_ready(42, "097 123-45-67")
    assert message.state == "queued"
    viber_outbox.work()
    assert len(viber_outbox.to("+380971234567")) == 1
