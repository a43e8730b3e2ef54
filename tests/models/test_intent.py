"""What a message is meant to be decides under which reference it is sent."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from tests import doors
from viber_messaging import references
from viber_messaging.models import Campaign, Connection, Message
from viber_messaging.models.intent import Intents

PHONE, OTHER = "+380971234567", "+380671234567"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _worker_sends(configure: Callable[..., None]) -> None:
    configure(DISPATCH="worker")


@pytest.fixture
def campaign() -> Campaign:
    return Campaign.objects.create(name="Spring", sender="SMSTest", text="Text")


def build(**fields: Any) -> Message:
    return Message(**{"sender": "SMSTest", "phone": PHONE, "text": "Text"} | fields)


def create(message: Message) -> Message:
    message.save()
    return message


def bulk_create(message: Message) -> Message:
    return Message.objects.bulk_create([message])[0]


def insert(message: Message) -> Message:
    doors.insert([message])
    return message


INSERTS = [create, bulk_create, insert]


@pytest.mark.parametrize("save", INSERTS)
@pytest.mark.parametrize("intent", ["campaign", "key"])
def test_a_message_that_is_made_again_has_the_reference_that_it_had(
    save: Callable[[Message], Message], intent: str, campaign: Campaign, configure: Callable[..., None]
):
    meant = {"campaign": campaign} if intent == "campaign" else {"key": "order-42"}
    before = save(build(**meant)).reference
    Message.objects.all().delete()
    configure(REFERENCE_RANGE=(1, 1000))
    assert save(build(**meant)).reference == before
    Message.objects.all().delete()
    other = {"phone": OTHER, **meant} if intent == "campaign" else {"key": "order-43"}
    assert save(build(**other)).reference != before


def test_a_phone_is_the_same_however_it_is_written(campaign: Campaign):
    before = create(build(campaign=campaign)).reference
    Message.objects.all().delete()
    assert create(build(campaign=campaign, phone="097 123-45-67")).reference == before


def test_two_campaigns_of_one_text_have_references_of_their_own(campaign: Campaign):
    other = Campaign.objects.create(name="Spring", sender="SMSTest", text="Text")
    assert create(build(campaign=campaign)).reference != create(build(campaign=other)).reference


def test_without_an_intent_each_message_is_another_one():
    assert create(build()).reference != create(build()).reference


@pytest.mark.parametrize("save", [create, insert])
@pytest.mark.parametrize("intent", ["campaign", "key"])
def test_a_reference_of_another_intent_gives_way_to_the_next_candidate(
    save: Callable[[Message], Message], intent: str, campaign: Campaign
):
    intents, meant = Intents("default"), {"campaign": campaign} if intent == "campaign" else {"key": "order-42"}
    first, second, third = (intents.reference(build(**meant), number) for number in range(3))
    create(build(reference=first))
    create(build(reference=second))
    assert save(build(**meant)).reference == third


@pytest.mark.parametrize("save", [create, insert])
def test_the_same_intent_is_no_clash_but_the_same_message(save: Callable[[Message], Message]):
    create(build(key="order-42"))
    with pytest.raises(IntegrityError), transaction.atomic():
        save(build(key="order-42"))
    assert Message.objects.count() == 1


@pytest.mark.parametrize("save", [create, insert])
def test_a_message_that_clashed_can_be_saved_once_the_other_is_gone(save: Callable[[Message], Message]):
    other, again = create(build(key="order-42")), build(key="order-42")
    with pytest.raises(IntegrityError), transaction.atomic():
        save(again)
    Message.objects.filter(pk=other.pk).delete()
    assert save(again).reference == other.reference


def test_a_batch_in_a_narrow_range_finds_a_reference_for_each(configure: Callable[..., None], campaign: Campaign):
    configure(REFERENCE_RANGE=(1, 200))
    narrow = Campaign.objects.create(name="Narrow", sender="SMSTest", text="Text")
    messages = [build(campaign=narrow, phone=f"+38097{number:07d}") for number in range(100)]
    doors.insert(messages)
    assert len({message.reference for message in messages}) == 100


def test_a_batch_reads_each_seed_once(campaign: Campaign):
    messages = [build(campaign=campaign, phone=f"+38097{number:07d}") for number in range(100)]
    with CaptureQueriesContext(connection) as queries:
        doors.insert(messages)
    assert sum("seed" in query["sql"] for query in queries) == 1


def test_a_campaigns_seed_is_made_with_it_in_every_way():
    made = [Campaign(name="A", sender="SMSTest", text="Text") for _ in range(2)]
    Campaign.objects.bulk_create(made)
    Campaign.objects.create(name="A", sender="SMSTest", text="Text")
    assert len(set(Campaign.objects.values_list("seed", flat=True))) == 3


def test_a_campaigns_seed_is_never_written_again(campaign: Campaign):
    before, campaign.seed = campaign.seed, references.draw_seed()
    campaign.save()
    assert Campaign.objects.get().seed == before


def test_two_campaigns_cannot_have_one_seed(campaign: Campaign):
    with pytest.raises(IntegrityError), transaction.atomic():
        Campaign.objects.create(name="A", sender="SMSTest", text="Text", seed=campaign.seed)


def test_the_installations_seed_is_drawn_once():
    seed = Connection.objects.seed()
    assert seed == Connection.objects.seed() == Connection.objects.get().seed


def test_a_row_that_is_not_saved_has_no_seed():
    assert Connection.objects.current().seed == ""


def test_a_seed_of_a_transaction_that_is_rolled_back_is_forgotten_with_it():
    with transaction.atomic():
        lost = Connection.objects.seed()
        transaction.set_rollback(True)
    assert Connection.objects.seed() != lost
