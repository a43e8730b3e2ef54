"""With unittest, as ``manage.py test`` runs it."""

from django.test import TestCase

from tests.examples.shop import order_is_ready
from viber_messaging.testing import ViberOutboxMixin


class OrderTests(ViberOutboxMixin, TestCase):
    def test_the_customer_is_told(self):
        with self.captureOnCommitCallbacks(execute=True):  # a TestCase never commits
            message = order_is_ready(42, "097 123-45-67")
        self.assertEqual([sent.text for sent in self.viber_outbox], ["Order 42 is ready"])
        self.assertEqual(message.state, "accepted")

    def test_what_is_not_delivered_is_known(self):
        self.viber_outbox.set_status("097 123-45-67", 105)
        message = order_is_ready(42, "097 123-45-67")
        self.viber_outbox.work()  # sends it
        self.viber_outbox.work()  # asks what became of it
        message.refresh_from_db()
        self.assertEqual((message.state, message.status_code), ("undelivered", 105))
