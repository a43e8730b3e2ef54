"""The sandbox as a site's gateway, for tests of a site that want the wire."""

from collections.abc import Callable

import pytest

from viber_messaging import tasks
from viber_messaging.models import Message
from viber_messaging.states import MessageState
from viber_messaging.testing import sandbox


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("dispatch", ["inline", "tasks", "celery"])
def test_a_message_is_sent_over_the_wire_and_no_broker_is_asked(
    configure: Callable[..., None], monkeypatch: pytest.MonkeyPatch, dispatch: str
):
    def ask_a_broker() -> None:
        raise AssertionError("a live site's worker would have run")

    monkeypatch.setattr(tasks, "enqueue_with_django", ask_a_broker)
    monkeypatch.setattr(tasks, "enqueue_with_celery", ask_a_broker)
    configure(DISPATCH=dispatch)
    with sandbox() as gateway:
        message = Message.objects.create(sender="SMSTest", phone="+380971234567", text="Text")
        message.refresh_from_db()
        assert message.state == MessageState.ACCEPTED
        assert set(gateway.accepted) == {message.reference}
