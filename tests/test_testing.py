"""What sites use in their own tests."""

from collections.abc import Callable

from django.test import TestCase, override_settings

from viber_messaging.api import get_balance, send_message
from viber_messaging.delivery import worker
from viber_messaging.models import Message
from viber_messaging.testing import outbox

PHONE = "+380971234567"


@override_settings(VIBER_MESSAGING={"API_KEY": "", "DISPATCH": "inline"})
class TestASiteThatSends(TestCase):
    def send(self) -> Message:
        with self.captureOnCommitCallbacks(execute=True):
            return send_message(PHONE, "Order 42 is ready", sender="SMSTest")

    def test_the_outbox_lists_what_would_have_been_sent(self):
        with outbox() as box:
            message = self.send()
        assert [sent.text for sent in box] == ["Order 42 is ready"]
        assert (message.state, message.msg_id) == ("accepted", "1234568")

    def test_a_refusal_can_be_planted(self):
        with outbox() as box:
            box.refuse(PHONE, 203)
            message = self.send()
        assert (message.state, message.status_code, len(box)) == ("rejected", 203, 0)

    def test_an_answer_can_be_lost_and_the_message_is_found_again(self):
        with outbox() as box:
            box.lose_answer()
            message = self.send()
            worker.run_due()
        message.refresh_from_db()
        assert (message.state, message.msg_id, len(box)) == ("delivered", "1234568", 1)

    def test_there_is_a_balance(self):
        with outbox():
            assert get_balance().currency == "UAH"


def test_nothing_is_replaced_after_the_outbox(configure: Callable[..., None]):
    from viber_messaging.delivery import connection

    with outbox():
        pass
    assert connection.open_client.__module__ == connection.__name__
