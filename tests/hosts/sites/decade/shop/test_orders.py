"""The tests that this site had written for itself."""

import pytest
from django.contrib.auth import get_user_model
from django.test import TransactionTestCase

from shop.models import Order
from viber_messaging.api import forget
from viber_messaging.models import Message
from viber_messaging.testing import ViberOutboxMixin

both_databases = pytest.mark.django_db(transaction=True, databases=["default", "messages"])


@pytest.fixture
def order():
    customer = get_user_model().objects.create_user("olena", viber_phone="097 123-45-67")
    return Order.objects.create(customer=customer)


@both_databases
def test_a_customer_is_told(viber_outbox, order):
    order.tell_customer()
    assert [sent.phone for sent in viber_outbox] == ["+380971234567"]
    assert Message.objects.get().about == order
    assert Message.objects.get(metadata__order=str(order.pk))


@both_databases
def test_over_the_wire(viber_sandbox, order):
    message = order.tell_customer()
    assert viber_sandbox.times_accepted(message.reference) == 1


@both_databases
def test_a_customer_who_leaves_is_forgotten(viber_outbox, order):
    order.tell_customer()
    assert forget(order.customer).messages == 1
    assert not Message.objects.filter(phone="+380971234567").exists()


@both_databases
def test_a_user_who_is_deleted_leaves_the_record_readable(viber_outbox, order, client):
    owner = get_user_model().objects.create_superuser("owner", password="x")
    message = order.tell_customer()
    Message.objects.update(created_by=owner.pk)
    get_user_model().objects.all().delete()
    client.force_login(get_user_model().objects.create_superuser("second", password="x"))
    page = client.get(f"/uk/office/viber_messaging/message/{message.pk}/change/")
    assert page.status_code == 200


class WithUnittest(ViberOutboxMixin, TransactionTestCase):
    databases = {"default", "messages"}

    def test_a_refusal(self):
        customer = get_user_model().objects.create_user("olena", viber_phone="097 123-45-67")
        self.viber_outbox.refuse("097 123-45-67", 203)
        message = Order.objects.create(customer=customer).tell_customer()
        message.refresh_from_db()
        self.assertEqual(message.state, "rejected")
