"""What a message may be, and what may become of it by saving."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from viber_messaging import references
from viber_messaging.models import Message, MessageChanged, Sender
from viber_messaging.states import MessageState

KYIV = ZoneInfo("Europe/Kyiv")
IMAGE, LINK = "https://image.url/image.png", "https://page.url"


@pytest.fixture(autouse=True)
def _worker_sends(configure: Callable[..., None]) -> None:
    configure(DISPATCH="worker")


def build(**fields: Any) -> Message:
    return Message(**{"sender": "SMSTest", "phone": "+380971234567", "text": "Text"} | fields)


def wrong_fields(message: Message) -> set[str]:
    with pytest.raises(ValidationError) as caught:
        message.full_clean()
    for sentences in caught.value.message_dict.values():
        assert len(sentences) == 1
        assert sentences[0].endswith((".", "!"))
    return set(caught.value.message_dict)


VALID = [
    {},
    {"type": "image", "image": IMAGE},
    {"type": "image", "image": IMAGE, "url": LINK},
    {"type": "image", "image": IMAGE, "url": LINK, "button": "Caption"},
    {"type": "button", "image": IMAGE, "url": LINK, "button": "Caption"},
    {"text": "й" * 1000},
    {"type": "button", "image": IMAGE, "url": LINK, "button": "b" * 19},
    {"phone": "097 123-45-67"},
    {"sender": "A.b-c_d 1"},
    {"type": "image", "image": "https://image.url/A.JPEG?size=2"},
    {"type": "image", "image": "http://127.0.0.1:8099/pictures/flowers.png"},
]


@pytest.mark.django_db
@pytest.mark.parametrize("fields", VALID)
def test_a_message_that_keeps_the_rules_is_valid_and_can_be_saved(fields: dict[str, str]):
    message = build(**fields)
    message.full_clean()
    message.save()


WRONG = [
    ({"text": ""}, {"text"}),
    ({"text": " \n\t"}, {"text"}),
    ({"text": "x" * 1001}, {"text"}),
    ({"text": "one\x00two"}, {"text"}),
    ({"text": "lone \ud83d surrogate"}, {"text"}),
    ({"phone": "123"}, {"phone"}),
    ({"phone": ""}, {"phone"}),
    ({"sender": "ab"}, {"sender"}),
    ({"sender": "Магазин"}, {"sender"}),
    ({"sender": "a" * 12}, {"sender"}),
    ({"sender": "shop!#"}, {"sender"}),
    ({"type": "video"}, {"type"}),
    ({"type": "image"}, {"image"}),
    ({"type": "image", "image": "https://image.url/image.webp"}, {"image"}),
    ({"type": "image", "image": IMAGE, "button": "Caption"}, {"url"}),
    ({"type": "button"}, {"image", "button", "url"}),
    ({"type": "button", "image": IMAGE, "url": LINK, "button": "b" * 20}, {"button"}),
    ({"button": "Caption"}, {"button"}),
    ({"image": IMAGE, "url": LINK}, {"image", "url"}),
    ({"type": "image", "image": IMAGE, "url": "javascript:alert(1)"}, {"url"}),
    ({"type": "image", "image": IMAGE, "url": "http://page.url"}, {"url"}),
    ({"type": "image", "image": IMAGE, "url": "https://user:word@page.url"}, {"url"}),
    ({"type": "image", "image": "data:image/png;base64,AAAA"}, {"image"}),
    ({"scheduled_at": datetime(2026, 10, 25, 3, 30, tzinfo=KYIV)}, {"scheduled_at"}),
    ({"scheduled_at": datetime(9999, 12, 31, 23, 59, tzinfo=KYIV)}, {"scheduled_at"}),
    ({"scheduled_at": datetime(1, 1, 1, tzinfo=KYIV)}, {"scheduled_at"}),
    ({"scheduled_at": datetime(2027, 3, 28, 3, 30, tzinfo=KYIV)}, {"scheduled_at"}),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("fields", "expected"), WRONG)
def test_each_wrong_field_is_told_by_name_in_one_sentence(fields: dict[str, Any], expected: set[str]):
    assert wrong_fields(build(**fields)) == expected


NEW_YORK = ZoneInfo("America/New_York")
GAP, FOLD = datetime(2027, 3, 28, 3, 30), datetime(2026, 10, 25, 3, 30)


@pytest.mark.parametrize(
    ("moment", "sentence"),
    [
        (GAP.replace(tzinfo=KYIV), "This time does not exist in Europe/Kyiv, because the clocks go forward"),
        (FOLD.replace(tzinfo=KYIV), "This time occurs twice in Europe/Kyiv, because the clocks go back"),
        (
            datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
            "This time occurs twice in Europe/Kyiv, because the clocks go back",
        ),
        (
            datetime(2027, 3, 14, 2, 30, tzinfo=NEW_YORK),
            "This time does not exist in America/New_York, because the clocks go forward",
        ),
    ],
)
def test_a_time_that_the_clocks_do_not_tell_is_refused_by_name_of_their_zone(moment: datetime, sentence: str):
    with pytest.raises(ValidationError, match=sentence):
        build(scheduled_at=moment).clean_fields()


def test_a_moment_that_is_certain_for_the_gateway_may_be_told_in_any_zone():
    for moment in (
        datetime(2026, 11, 1, 1, 30, tzinfo=NEW_YORK),
        datetime(2027, 3, 28, 1, 0, tzinfo=UTC),
        datetime(2026, 10, 25, 2, 0, tzinfo=UTC),
    ):
        build(scheduled_at=moment).clean_fields()


@pytest.mark.parametrize("moment", [GAP, FOLD])
def test_without_time_zones_too_an_uncertain_time_is_refused(settings: Any, moment: datetime):
    settings.USE_TZ = False
    with pytest.raises(ValidationError, match="in Europe/Kyiv, because the clocks go"):
        build(scheduled_at=moment).clean_fields()


def test_a_gateways_zone_that_is_not_known_is_told_at_the_field(configure: Callable[..., None]):
    configure(TIME_ZONE="Europe/Atlantis")
    with pytest.raises(ValidationError, match="does not know the gateway's time zone"):
        build(scheduled_at=datetime(2030, 1, 1, tzinfo=UTC)).clean_fields()


@pytest.mark.django_db
@pytest.mark.parametrize("moment", [datetime(1, 1, 1, tzinfo=KYIV), datetime.max.replace(tzinfo=NEW_YORK)])
def test_a_moment_that_no_database_keeps_is_refused_on_saving_too(moment: datetime):
    with pytest.raises(ValidationError, match="this century"):
        Message.objects.bulk_create([build(scheduled_at=moment)])


def test_a_line_break_counts_as_the_gateway_counts_it():
    message = build(text="a\r\nb\rc")
    message.clean_fields()
    assert message.text == "a\nb\nc"


FORBIDDEN_ROWS = [
    {"state": "lost"},
    {"type": "video"},
    {"text": ""},
    {"reference": -5},
    {"type": "text", "button": "Caption"},
    {"type": "image", "image": ""},
    {"type": "image", "image": IMAGE, "button": "Caption"},
    {"type": "button", "image": IMAGE, "button": "Caption"},
]


@pytest.mark.django_db
@pytest.mark.parametrize("fields", FORBIDDEN_ROWS)
def test_the_database_refuses_what_must_never_be(fields: dict[str, Any]):
    with pytest.raises(IntegrityError), transaction.atomic():
        build(**fields).save()


@pytest.mark.django_db
def test_the_database_refuses_a_phone_that_is_not_e164():
    message = build()
    message.save()
    with pytest.raises(IntegrityError), transaction.atomic():
        Message.objects.update(phone="0971234567")


@pytest.mark.django_db
def test_a_reference_is_unique():
    first = build()
    first.save()
    with pytest.raises(IntegrityError), transaction.atomic():
        build(reference=first.reference).save()


def test_references_are_drawn_from_the_range_of_the_settings(configure: Callable[..., None]):
    configure(REFERENCE_RANGE=(500, 503))
    assert {references.draw() for _ in range(200)} == {500, 501, 502}


@pytest.mark.django_db
def test_a_new_message_is_queued_and_its_phone_normal():
    message = Message.objects.create(sender="SMSTest", phone="097 123-45-67", text="Text")
    message.refresh_from_db()
    assert (message.state, message.phone, message.type) == (MessageState.QUEUED, "+380971234567", "text")
    assert message.queued_at is not None


@pytest.mark.django_db
def test_a_sender_may_be_given_as_a_record():
    message = Message.objects.create(sender=Sender.objects.create(name="Kvitka"), phone="+380971234567", text="Text")
    assert message.sender == "Kvitka"


@pytest.mark.django_db
def test_a_draft_can_be_edited_and_then_queued():
    message = build(state=MessageState.DRAFT)
    message.save()
    message.text, message.state = "Better", MessageState.QUEUED
    message.save()
    message.refresh_from_db()
    assert (message.text, message.state) == ("Better", MessageState.QUEUED)
    assert message.queued_at is not None


@pytest.mark.django_db
@pytest.mark.parametrize("state", [state for state in MessageState if state != MessageState.DRAFT])
def test_what_was_queued_cannot_be_edited(state: MessageState):
    message = build(state=state)
    message.save()
    message.text = "Other"
    with pytest.raises(MessageChanged, match="text can no longer change"):
        message.save()


@pytest.mark.django_db
def test_what_was_queued_cannot_be_edited_field_by_field_either():
    message = build()
    message.save()
    message.text = "Other"
    with pytest.raises(MessageChanged):
        message.save(update_fields=["text"])


@pytest.mark.django_db
def test_what_a_message_is_linked_to_can_change_at_any_time(django_user_model: Any):
    message = build(state=MessageState.DELIVERED)
    message.save()
    message.created_by = django_user_model.objects.create(username="olena")
    message.save()
    message.refresh_from_db()
    assert message.created_by.username == "olena"
    assert message.state == MessageState.DELIVERED


@pytest.mark.django_db
def test_an_old_copy_that_is_saved_takes_nothing_back():
    message = build()
    message.save()
    old = Message.objects.get()
    Message.objects.update(state=MessageState.ACCEPTED, msg_id="1234568", status_code=1, attempt_count=1)
    old.save()
    message.refresh_from_db()
    assert (message.state, message.msg_id, message.attempt_count) == (MessageState.ACCEPTED, "1234568", 1)


@pytest.mark.parametrize("value", [{"a": 1}, b"bytes", ["a list"], 7, True])
@pytest.mark.parametrize("name", ["text", "button", "url", "image"])
def test_what_is_not_text_is_refused_by_field(db: None, name: str, value: Any):
    message = Message(**{"sender": "SMSTest", "phone": "+380971234567", "text": "Text", name: value})
    with pytest.raises(ValidationError, match="This must be text, not") as by_saving:
        message.save()
    with pytest.raises(ValidationError, match="This must be text, not") as by_cleaning:
        message.clean_fields()
    assert name in by_saving.value.message_dict
    assert name in by_cleaning.value.message_dict


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("phone", "12"),
        ("key", " "),
        ("key", "x" * 1000),
        ("sender", "x" * 1000),
        ("text", "NUL \0"),
        ("scheduled_at", datetime.max.replace(tzinfo=NEW_YORK)),
        ("scheduled_at", "tomorrow"),
    ],
)
def test_what_cannot_be_stored_is_refused_by_field_when_it_is_saved(db: None, name: str, value: Any):
    with pytest.raises(ValidationError) as refused:
        Message.objects.create(**{"sender": "SMSTest", "phone": "+380971234567", "text": "Text", name: value})
    assert list(refused.value.message_dict) == [name]
