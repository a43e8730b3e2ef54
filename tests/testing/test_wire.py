"""The sandbox as a site's gateway, for tests of a site that want the wire."""

from collections.abc import Callable

import pytest

from tests.moments import Moments
from viber_messaging.models import Message
from viber_messaging.states import MessageState
from viber_messaging.testing import sandbox


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("dispatch", ["inline", "tasks", "celery"])
def test_a_message_is_sent_over_the_wire_and_no_broker_is_asked(
    configure: Callable[..., None], moments: Moments, dispatch: str
):
    moments.forbid("the nudge by Django's tasks")
    moments.forbid("the nudge by Celery")
    configure(DISPATCH=dispatch)
    with sandbox() as gateway:
        message = Message.objects.create(sender="SMSTest", phone="+380971234567", text="Text")
        message.refresh_from_db()
        assert message.state == MessageState.ACCEPTED
        assert set(gateway.accepted) == {message.reference}
