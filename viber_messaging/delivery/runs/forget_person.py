"""Forget one person: call back their scheduled messages at the gateway, then erase everything here."""

from collections.abc import Collection
from dataclasses import replace

from viber_messaging.delivery.people.erasure import ERASED, Erasure, MessagesInFlight, erase, refuse_unsettled
from viber_messaging.delivery.people.person import Person
from viber_messaging.delivery.runs import worker
from viber_messaging.delivery.status.cancellation import Cancellation
from viber_messaging.delivery.storage import tables


def forget(phone: str, *, even_opt_out: bool, is_rehearsal: bool) -> Erasure:
    """Call back and erase everything about this phone (E.164). Raises MessagesInFlight before anything is erased.

    Raises TransactionOpen inside a transaction if the gateway has to be asked.
    """
    person = Person.of(phone)
    held = list(person.held_by_gateway().values_list("pk", flat=True))
    called_back = Cancellation(cancelled=len(held))
    if held and not is_rehearsal:
        refuse_unsettled(person.messages())
        called_back = _call_back(held)
    erasure = erase(phone, even_opt_out=even_opt_out, is_rehearsal=is_rehearsal, asked_for=held)
    return replace(erasure, called_back=called_back.cancelled, too_late=called_back.too_late)


def _call_back(held: Collection[int]) -> Cancellation:
    called_back = worker.cancel(tables.messages().filter(pk__in=held), error=ERASED)
    why = called_back.problem.rstrip(".") or "its answer is unclear"
    if called_back.problem or called_back.unclear:
        raise MessagesInFlight(
            f"The gateway holds {len(held)} messages to this phone for a later time and could not be asked to cancel "
            f"them ({why}); nothing was erased. Try again later."
        )
    return called_back
