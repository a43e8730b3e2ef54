"""People who do what they like while workers send: order, cancel, opt out, start and pause and cancel campaigns."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import count, islice

from tests import doors
from tests.chaos import by_sms
from tests.chaos.campaigners import Canceller, Pauser, Starter
from tests.chaos.person import Person
from viber_messaging.api import send_messages
from viber_messaging.conf import conf
from viber_messaging.models import Message, Recipient
from viber_messaging.sandbox import Sandbox
from viber_messaging.states import MessageState

PHONES = "+38068"
ONE_OF = 20
"""One bystander among so many messages; they come on top of what must be sent."""

LONGEST_COMMIT_SECONDS = 1.0
"""Between the moment that an opt-out bears and its commit, on a machine where everything else runs too."""


def messages(wanted: int, *, ask_for_sms: bool) -> Iterator[Message]:
    """Make ``wanted`` messages that must arrive, and bystanders among them."""
    bystanders = count()
    for number in range(wanted):
        message = _order(f"{by_sms.ORDERED}{number:07d}", str(number))
        message.sms_text = by_sms.text_for(message.text) if ask_for_sms else ""
        yield message
        if number % ONE_OF == 0:
            yield _order(f"{PHONES}{next(bystanders):07d}", "to a bystander")


def _order(phone: str, text: str) -> Message:
    """Return a message with a key: if it is lost, it may be ordered again."""
    return Message(sender="SMSTest", phone=phone, text=text, key=f"order of {phone}")


class Fickle(Person):
    """Cancels some bystanders' messages, lets others opt out, leaves the rest alone."""

    def act(self) -> None:
        queued = Message.objects.filter(phone__startswith=PHONES, state=MessageState.QUEUED)
        waiting = list(queued.values_list("pk", "phone")[:200])
        if not waiting:
            return
        pk, phone = self._random.choice(waiting)
        if self._random.random() < 0.5:
            self.done["cancelled"] += len(doors.cancel_queued(Message.objects.filter(pk=pk)))
        else:
            self.done["opted out"] += doors.opt_out([phone], source="chaos")


class Customer(Person):
    """Orders the messages that are not of campaigns, some at a time, so that campaigns have their turn in between."""

    seconds = 0.3

    def __init__(self, seed: int, wanted: int, *, asks_for_sms: bool) -> None:
        super().__init__(seed)
        self._wanted = wanted
        self._asks_for_sms = asks_for_sms
        self._at_once = max(1, wanted // 25)
        self.order_again()

    def order_again(self) -> None:
        """Forget what was ordered: the database has forgotten some of it."""
        self._orders = messages(self._wanted, ask_for_sms=self._asks_for_sms)
        self._next: list[Message] = []

    def act(self) -> None:
        if not Message.objects.filter(campaign=None, state=MessageState.QUEUED).exists():
            self._order(self._at_once)

    def finish(self) -> None:
        while self._order(self._at_once):
            pass

    def _order(self, count: int) -> bool:
        """Order the next ones; the same again if the database refused them. Tell whether there were any."""
        self._next = self._next or list(islice(self._orders, count))
        if self._next:
            send_messages(self._next)
        were_any, self._next = bool(self._next), []
        return were_any


class Crowd:
    """All of them."""

    def __init__(self, seed: int, wanted: int, *, asks_for_sms: bool = False) -> None:
        # In the order in which they leave: what is started last is still cancelled.
        self._customer = Customer(seed, wanted, asks_for_sms=asks_for_sms)
        self._people: Sequence[Person] = (
            Fickle(seed), self._customer, Starter(seed), Canceller(seed), Pauser(seed)
        )  # fmt: skip

    def start(self) -> None:
        """Let them begin."""
        for person in self._people:
            person.start()

    def order_again(self) -> None:
        """Let the customer order everything once more."""
        self._customer.order_again()

    def leave(self) -> Counter[str]:
        """Let them bring it to an end; return how often each did what."""
        for person in self._people:
            person.leave()
        return sum((person.done for person in self._people), Counter())


def violations(sandbox: Sandbox) -> Iterator[str]:
    """I6: nothing is sent once its cancellation or the opt-out is committed."""
    cancelled = Message.objects.filter(state=MessageState.CANCELLED).values_list("reference", flat=True)
    if sent := [reference for reference in cancelled if reference in sandbox.accepted]:
        yield f"{len(sent)} were sent although they had been cancelled"
    yield from _received_late(sandbox)


def _received_late(sandbox: Sandbox) -> Iterator[str]:
    """What was claimed before the opt-out may still arrive while that claim lives, and no later."""
    life = conf.CLAIM_TIMEOUT + LONGEST_COMMIT_SECONDS
    opted_out = dict(Recipient.objects.exclude(opted_out_at=None).values_list("phone", "opted_out_at"))
    late = [
        message
        for message in sandbox.accepted.values()
        if message.phone in opted_out and message.received_at > opted_out[message.phone].timestamp() + life
    ]
    if late:
        yield f"{len(late)} arrived long after the recipient had opted out"
