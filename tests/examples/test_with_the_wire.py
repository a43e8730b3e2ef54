"""Over real HTTP: the sandbox stands where the gateway would, and nothing of the app is replaced."""

import pytest

from tests.examples.shop import order_is_ready

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_customer_is_told(viber_sandbox):
    message = order_is_ready(42, "097 123-45-67")
    assert message.state == "accepted"
    assert viber_sandbox.accepted[message.reference].text == "Order 42 is ready"
    assert viber_sandbox.times_accepted(message.reference) == 1


def test_a_gateway_that_is_broken_for_a_moment_is_asked_again(viber_sandbox):
    viber_sandbox.fail_next("http-500")
    message = order_is_ready(42, "097 123-45-67")
    assert message.state == "unconfirmed"
    assert viber_sandbox.times_accepted(message.reference) == 0
