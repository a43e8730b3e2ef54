"""What is stored is the same on every database, and by every way in: what one would refuse, all refuse."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from tests.moments import Moments
from viber_messaging import references
from viber_messaging.api import send_message, send_messages
from viber_messaging.models import Message

IMAGE = "https://image.url/image.png"
CONTENT = {"sender": "SMSTest", "phone": "+380971234567", "text": "Text"}

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _worker_sends(configure: Callable[..., None]) -> None:
    configure(DISPATCH="worker")


def create(**fields: Any) -> None:
    Message.objects.create(**fields)


def bulk_create(**fields: Any) -> None:
    Message.objects.bulk_create([Message(**fields)])


def send_one(**fields: Any) -> None:
    fields.pop("type", None)
    send_message(fields.pop("phone"), fields.pop("text"), **fields)


def send_many(**fields: Any) -> None:
    send_messages([Message(**fields)])


WAYS_IN = [create, bulk_create, send_one, send_many]
UNKEEPABLE = [
    {"sender": "a" * 12},
    {"type": "image", "image": IMAGE, "url": "https://page.url", "button": "b" * 20},
    {"type": "image", "image": IMAGE, "url": "https://page.url/" + "u" * 2000},
    {"type": "image", "image": f"https://image.url/{'i' * 2000}.png"},
    {"text": "one\x00two"},
    {"text": "lone \ud83d surrogate"},
    {"type": "image", "image": IMAGE, "url": "https://page.url", "button": "b\x00"},
]


@pytest.mark.parametrize("save", WAYS_IN)
@pytest.mark.parametrize("fields", UNKEEPABLE)
def test_what_some_database_would_refuse_is_refused_by_name_everywhere(save: Callable[..., None], fields: Any):
    with pytest.raises(ValidationError) as caught, transaction.atomic():
        save(**CONTENT | fields)
    assert not Message.objects.exists()
    assert set(caught.value.message_dict) - {"__all__"} <= set(fields)


@pytest.mark.parametrize("save", [create, send_one, send_many])
def test_a_reference_that_is_taken_is_drawn_anew(save: Callable[..., None], moments: Moments):
    Message.objects.create(**CONTENT, reference=77)
    draws = iter([77, 77, 78])
    moments.replace("the drawing of a reference", lambda: next(draws))
    save(**CONTENT)
    assert set(Message.objects.values_list("reference", flat=True)) == {77, 78}


@pytest.mark.parametrize("save", [create, send_one, send_many])
def test_a_reference_is_drawn_anew_so_often_and_no_more(save: Callable[..., None], moments: Moments):
    Message.objects.create(**CONTENT, reference=77)
    drawn = []
    moments.replace("the drawing of a reference", lambda: drawn.append(77) or 77)
    with pytest.raises(IntegrityError), transaction.atomic():
        save(**CONTENT)
    assert len(drawn) == references.CANDIDATES


def test_a_reference_that_was_given_is_never_drawn_anew():
    message = Message.objects.create(**CONTENT)
    copy = Message(**CONTENT)
    copy.reference = message.reference
    for again in (copy, Message(**CONTENT, reference=message.reference)):
        with pytest.raises(IntegrityError), transaction.atomic():
            again.save()
