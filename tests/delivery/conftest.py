"""What the tests share: a crowd of recipients, a campaign to them, an ear for signals."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.dispatch import Signal

from viber_messaging.models import Campaign, Message, Recipient, RecipientGroup
from viber_messaging.sandbox import Sandbox
from viber_messaging.states import CampaignState

MakeCampaign = Callable[..., Campaign]


def phone(number: int) -> str:
    return f"+38097{number:07d}"


def requests_of(gateway: Sandbox, command: str) -> int:
    return sum(request.command == command for request in gateway.requests)


@pytest.fixture
def crowd() -> Callable[..., RecipientGroup]:
    """Put this many new recipients into a group of this name, phones numbered from ``first``."""

    def make(count: int, group_name: str = "All", *, first: int = 1000000, **fields: Any) -> RecipientGroup:
        group = RecipientGroup.objects.get_or_create(name=group_name)[0]
        Recipient.objects.bulk_create(
            [Recipient(phone=phone(first + n), **({"name": f"N{n}"} | fields)) for n in range(count)]
        )
        group.recipients.add(*Recipient.objects.filter(phone__in=[phone(first + n) for n in range(count)]))
        return group

    return make


@pytest.fixture
def make_campaign() -> MakeCampaign:
    """Make a campaign to these groups; running since ever unless told otherwise."""

    def make(*groups: RecipientGroup, **fields: Any) -> Campaign:
        fields = {
            "name": "Spring", "sender": "SMSTest", "text": "Привіт, {name}!", "state": CampaignState.RUNNING,
            "start_at": "2020-01-01T00:00:00+00:00",
        } | fields  # fmt: skip
        campaign = Campaign.objects.create(**fields)
        campaign.groups.set(groups)
        campaign.refresh_from_db()
        return campaign

    return make


@pytest.fixture
def listen() -> Iterator[Callable[..., list[int]]]:
    """Listen to a signal; return the references of which it tells."""
    listening: list[tuple[Signal, Callable[..., None]]] = []

    def connect(signal: Signal) -> list[int]:
        heard: list[int] = []

        def note(message: Message, **kwargs: Any) -> None:
            heard.append(message.reference)

        signal.connect(note, weak=False)
        listening.append((signal, note))
        return heard

    yield connect
    for signal, note in listening:
        signal.disconnect(note)
