"""Find messages that a campaign has already written to these phones, even if they were erased since.

An erased message has lost its phone, but not its reference, which is derived from the campaign and the phone. It shows
whether the message went to a given phone, and reveals nothing to those who do not know the phone.
"""

from collections.abc import Mapping, Sequence

from viber_messaging import references
from viber_messaging.delivery.storage import tables
from viber_messaging.models import Campaign, Message
from viber_messaging.models.intent import Intents


def without_predecessors(campaign: Campaign, messages: Sequence[Message]) -> list[Message]:
    """Return the unsaved messages to phones that the campaign has not written to."""
    stored = tables.messages().filter(campaign=campaign.pk, phone__in=[message.phone for message in messages])
    known = set(stored.values_list("phone", flat=True))
    return _without_erased(campaign, [message for message in messages if message.phone not in known])


def _without_erased(campaign: Campaign, messages: Sequence[Message]) -> list[Message]:
    """Follow each message's candidate references up to one that is free, or that an erased message has."""
    intents, erased, waiting = Intents(tables.alias(), campaign), set[int](), messages
    for candidate in range(references.CANDIDATES):
        asked = [(message, intents.reference(message, candidate)) for message in waiting]
        holders = _holders([reference for _, reference in asked])
        taken = [(message, holders[reference]) for message, reference in asked if reference in holders]
        erased |= {id(message) for message, holder in taken if holder == campaign.pk}
        waiting = [message for message, holder in taken if holder != campaign.pk]
        if not waiting:
            break
    return [message for message in messages if id(message) not in erased]


def _holders(asked: Sequence[int]) -> Mapping[int, int | None]:
    """Return the references that are stored, each with the campaign of its erased message, or None if not erased."""
    stored = tables.messages().filter(reference__in=asked)
    holders = dict[int, int | None].fromkeys(stored.values_list("reference", flat=True))
    return holders | dict(stored.erased().values_list("reference", "campaign")) if holders else holders
