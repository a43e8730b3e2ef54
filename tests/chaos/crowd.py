"""People who change their minds while workers send: messages cancelled, recipients who opt out, all in the queue."""

import random
import threading
from collections import Counter
from collections.abc import Iterator
from itertools import count

from django.conf import settings
from django.db import OperationalError, connection
from django.utils import timezone

from viber_messaging.delivery import queueing
from viber_messaging.models import Message, Recipient
from viber_messaging.sandbox import Sandbox
from viber_messaging.states import MessageState

PHONES = "+38068"
ONE_OF = 20
"""One bystander among so many messages; they come on top of what must be sent."""

LONGEST_COMMIT_SECONDS = 1.0
"""Between the moment that an opt-out bears and its commit, on a machine where everything else runs too."""


def messages(wanted: int) -> Iterator[Message]:
    """Make ``wanted`` messages that must arrive, and bystanders among them."""
    bystanders = count()
    for number in range(wanted):
        yield Message(sender="SMSTest", phone=f"+38067{number:07d}", text=str(number))
        if number % ONE_OF == 0:
            yield Message(sender="SMSTest", phone=f"{PHONES}{next(bystanders):07d}", text="to a bystander")


class Crowd(threading.Thread):
    """Cancels some bystanders' messages, lets others opt out, leaves the rest alone."""

    def __init__(self, seed: int) -> None:
        super().__init__(daemon=True)
        self._random = random.Random(seed)
        self._is_over = threading.Event()
        self.done = Counter[str]()

    def run(self) -> None:
        while not self._is_over.wait(0.05):
            try:
                self._change_a_mind()
            except OperationalError:
                self.done["refused by the database"] += 1
        connection.close()

    def leave(self) -> None:
        """Change no mind any more."""
        self._is_over.set()
        self.join()

    def _change_a_mind(self) -> None:
        queued = Message.objects.filter(phone__startswith=PHONES, state=MessageState.QUEUED)
        waiting = list(queued.values_list("pk", "phone")[:200])
        if not waiting:
            return
        pk, phone = self._random.choice(waiting)
        if self._random.random() < 0.5:
            self.done["cancelled"] += len(queueing.cancel(Message.objects.filter(pk=pk)))
        else:
            Recipient.objects.get_or_create(phone=phone, defaults={"opted_out_at": timezone.now()})
            self.done["opted out"] += 1


def violations(sandbox: Sandbox) -> Iterator[str]:
    """I6: nothing is sent once its cancellation or the opt-out is committed."""
    cancelled = Message.objects.filter(state=MessageState.CANCELLED).values_list("reference", flat=True)
    if sent := [reference for reference in cancelled if reference in sandbox.accepted]:
        yield f"{len(sent)} were sent although they had been cancelled"
    yield from _received_late(sandbox)


def _received_late(sandbox: Sandbox) -> Iterator[str]:
    """What was claimed before the opt-out may still arrive while that claim lives, and no later."""
    life = settings.VIBER_MESSAGING["CLAIM_TIMEOUT"] + LONGEST_COMMIT_SECONDS
    opted_out = dict(Recipient.objects.values_list("phone", "opted_out_at"))
    late = [
        message
        for message in sandbox.accepted.values()
        if message.phone in opted_out and message.received_at > opted_out[message.phone].timestamp() + life
    ]
    if late:
        yield f"{len(late)} arrived long after the recipient had opted out"
