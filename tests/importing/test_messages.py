"""Messages from a spreadsheet: drafts, each judged as the gateway would."""

import datetime
import io
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import openpyxl
import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone

from tests.spreadsheets import files
from viber_messaging.importing import (
    Kind,
    Staged,
    preview,
    stage_messages,
    write_messages,
    write_wrong_rows,
)
from viber_messaging.models import Message, Recipient
from viber_messaging.spreadsheets import MESSAGE_ROLES

OLENA, IVAN = "+380971234567", "+380501234567"
SENDER = {"sender": "Kvitka"}
PICTURE, LINK = "https://example.com/a.png", "https://example.com/"
Stager = Callable[..., Staged]


def staged(headings: Sequence[str], *rows: Sequence[Any], defaults: Mapping[str, str] = SENDER) -> Staged:
    table = files.read(files.workbook([headings, *rows]), roles=MESSAGE_ROLES)
    return stage_messages(table, io.BytesIO(), defaults)


def only(headings: Sequence[str], *row: Any) -> Any:
    (record,) = staged(headings, row).records()
    return record


def counted(counts: Mapping[Kind, int]) -> dict[str, int]:
    return {str(kind): count for kind, count in counts.items() if count}


def test_a_row_is_a_message_with_the_chosen_sender() -> None:
    draft = only(["Телефон", "Текст"], "097 123-45-67", "Привіт\nдалі")
    assert (draft.phone, draft.content["text"], draft.content["sender"]) == (OLENA, "Привіт\nдалі", "Kvitka")


def test_a_sender_in_the_row_wins() -> None:
    assert only(["phone", "text", "sender"], OLENA, "a", "SMSTest").content["sender"] == "SMSTest"
    assert only(["phone", "text", "sender"], OLENA, "a", None).content["sender"] == "Kvitka"


@pytest.mark.parametrize(
    ("picture", "button", "named", "kind"),
    [
        (None, None, None, "text"),
        (PICTURE, None, None, "image"),
        (PICTURE, "Купити", None, "button"),
        (PICTURE, "Купити", "Image", "image"),
        (PICTURE, "Купити", "Picture with a button", "button"),
    ],
)
def test_the_type_is_named_or_follows_from_the_other_fields(
    picture: str | None, button: str | None, named: str | None, kind: str
) -> None:
    link = LINK if button else None
    headings = ["phone", "text", "Картинка", "Кнопка", "Посилання", "Тип"]
    assert only(headings, OLENA, "a", picture, button, link, named).content["type"] == kind


@pytest.mark.parametrize(
    "value",
    [
        datetime.datetime(2026, 12, 1, 9, 30),
        "01.12.2026 09:30",
        "2026-12-01 09:30",
        "2026-12-01T09:30",
        "01.12.2026 09:30:00",
    ],
)
def test_a_time_is_of_the_site(value: object) -> None:
    draft = only(["phone", "text", "Дата і час"], OLENA, "a", value)
    assert timezone.localtime(draft.scheduled_at).strftime("%d.%m.%Y %H:%M") == "01.12.2026 09:30"


def test_a_day_is_its_beginning_and_a_blank_cell_is_at_once() -> None:
    day = only(["phone", "text", "time"], OLENA, "a", datetime.date(2026, 12, 1))
    assert timezone.localtime(day.scheduled_at).hour == 0
    assert only(["phone", "text", "time"], OLENA, "a", None).scheduled_at is None


@pytest.mark.parametrize(
    ("heading", "value", "cell", "words"),
    [
        ("text", None, "B2", "cannot be blank"),
        ("text", "x" * 1001, "B2", "1000"),
        ("image", "http://example.com/a.png", "B2", "https"),
        ("image", "javascript:alert(1)", "B2", "https"),
        ("sender", "Надто довге ім'я", "B2", "sender"),
        ("type", "viber", "B2", "viber"),
        ("scheduled_at", "завтра", "B2", "23.11.2026 09:30"),
        ("scheduled_at", "2026-10-25 03:30", "B2", "occurs twice"),
        ("scheduled_at", datetime.datetime(1900, 1, 1), "B2", "century"),
        ("button", "x", "B2", "picture"),
    ],
)
def test_what_the_gateway_would_refuse_is_told_with_its_cell(
    heading: str, value: object, cell: str, words: str
) -> None:
    headings = ["phone", heading, *(["text"] if heading != "text" else [])]
    record = only(headings, OLENA, value, *(["a"] if heading != "text" else []))
    assert record.kind == Kind.WRONG
    assert words in record.sentence
    if heading != "button":
        assert record.cell == cell


def test_a_phone_may_get_two_messages_but_none_twice() -> None:
    records = list(staged(["phone", "text"], [OLENA, "a"], [OLENA, "b"], ["0971234567", "a"]).records())
    assert [getattr(record, "first_row", None) for record in records] == [None, None, 2]


@pytest.mark.django_db
def test_drafts_are_made_and_nothing_is_sent() -> None:
    user = get_user_model().objects.create_user("olha")
    olena = Recipient.objects.create(phone=OLENA)
    file = staged(["phone", "text"], [OLENA, "a"], [IVAN, "b"], [None, "c"])
    assert counted(preview(file).counts) == {"new": 2, "empty": 1}
    assert counted(write_messages(file, created_by=user).counts) == {"new": 2, "empty": 1}
    first, second = Message.objects.order_by("pk")
    assert (first.state, first.text, first.recipient, first.created_by) == ("draft", "a", olena, user)
    assert (second.phone, second.recipient, second.queued_at) == (IVAN, None, None)
    assert first.reference != second.reference


@pytest.mark.django_db
def test_the_same_file_twice_makes_no_second_drafts() -> None:
    file = staged(["phone", "text", "time"], [OLENA, "a", "01.12.2026 09:30"], [IVAN, "b", None])
    write_messages(file)
    assert counted(preview(file).counts) == {"unchanged": 2}
    assert counted(write_messages(file).counts) == {"unchanged": 2}
    assert Message.objects.count() == 2


@pytest.mark.django_db
def test_a_message_that_was_sent_already_may_be_drafted_again() -> None:
    file = staged(["phone", "text"], [OLENA, "a"])
    write_messages(file)
    Message.objects.update(state="delivered")
    assert counted(write_messages(file).counts) == {"new": 1}


@pytest.mark.django_db
def test_who_opted_out_gets_no_draft() -> None:
    Recipient.objects.create(phone=OLENA, opted_out_at=timezone.now())
    file = staged(["phone", "text"], [OLENA, "a"])
    assert counted(preview(file).counts) == {"opted_out": 1}
    assert counted(write_messages(file).counts) == {"opted_out": 1}
    assert not Message.objects.exists()


@pytest.mark.django_db
def test_wrong_messages_are_left_out_and_told() -> None:
    file = staged(["phone", "text"], [OLENA, "a"], [IVAN, None])
    assert counted(write_messages(file).counts) == {"new": 1, "wrong": 1}
    download = io.BytesIO()
    write_wrong_rows(file, download)
    assert "cannot be blank" in str(openpyxl.load_workbook(download).active["D2"].value)
