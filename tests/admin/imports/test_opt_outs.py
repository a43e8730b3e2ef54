"""A black list on its way through the admin."""

import io
from collections.abc import Callable
from datetime import timedelta

import openpyxl
import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests import doors
from tests.admin.imports.conftest import page_after, press, upload, url_of
from tests.moments import Moments
from viber_messaging.api import send_message, start_campaign
from viber_messaging.importing import Subject
from viber_messaging.importing.preview import COMPARISONS
from viber_messaging.models import Campaign, ConsentChange, ConsentSource, Recipient, RecipientGroup
from viber_messaging.sandbox import Sandbox

ROWS = [
    ("Телефон", "Ім'я"),
    ("097 123-45-67", "Хтось інший"),
    ("0501234567", ""),
    ("+380631234567", ""),
    ("0971234567", ""),
    ("12345", "Марко"),
    ("", "Без"),
]
LONG_AGO = timezone.now() - timedelta(days=30)
PASTING = "admin:viber_messaging_recipient_opt_out_list"


@pytest.fixture
def guard(log_in: Callable[..., Client]) -> Client:
    """Someone who may import a black list."""
    return log_in("import_recipient", "change_recipient", "view_recipient", "view_consentchange")


@pytest.fixture
def people(db: None) -> None:
    Recipient.objects.create(phone="+380971234567", name="Олена")
    Recipient.objects.create(phone="+380501234567", name="Ігор", opted_out_at=LONG_AGO)


def give(client: Client, rows: object = ROWS) -> object:
    return upload(client, rows, subject="consentchange")


def test_it_is_shown_before_anybody_is_opted_out(guard: Client, people: None):
    page = page_after(guard, give(guard))
    for told in ("Newly opted out: 1", "New phone numbers, also opted out: 1", "Already opted out: 1", "Invalid: 1"):
        assert told in page
    assert "Opt out 2 numbers" in page
    assert "<bdi>Олена</bdi>" in page
    assert "Хтось інший" not in page
    assert Recipient.objects.filter(opted_out_at=None).exists()
    assert Recipient.objects.count() == 2


def test_what_was_shown_is_noted_with_its_source_and_by_whom(guard: Client, people: None):
    page = press(guard, give(guard))
    facts = "Newly opted out: 1; New phone numbers, also opted out: 1; Already opted out: 1; Repeated in the file: 1; "
    assert facts in page
    assert Recipient.objects.filter(opted_out_at=None).count() == 0
    noted = ConsentChange.objects.order_by("phone").values_list(
        "phone", "is_opted_out", "source", "created_by__username"
    )
    assert list(noted) == [
        ("+380631234567", True, ConsentSource.IMPORT, "olena"),
        ("+380971234567", True, ConsentSource.IMPORT, "olena"),
    ]
    assert facts in LogEntry.objects.get().change_message


def test_who_opted_out_before_keeps_the_first_time_and_nobody_is_renamed(guard: Client, people: None):
    press(guard, give(guard))
    assert Recipient.objects.get(phone="+380501234567").opted_out_at == LONG_AGO
    assert Recipient.objects.get(phone="+380971234567").name == "Олена"
    assert Recipient.objects.get(phone="+380631234567").name == ""


def test_the_same_file_again_notes_nothing(guard: Client, people: None):
    press(guard, give(guard))
    before = ConsentChange.objects.count()
    page = page_after(guard, give(guard))
    assert "There is nothing to import in this file." in page
    press(guard, give(guard))
    assert ConsentChange.objects.count() == before


def test_a_list_of_phones_without_headings_is_asked_about(guard: Client, people: None):
    answer = give(guard, [("097 123-45-67",), ("063 123-45-67",)])
    assert answer.url.endswith("/columns/")
    answer = guard.post(answer.url, {"phone": "0"})
    assert "Opt out 2 numbers" in page_after(guard, answer)


def test_the_wrong_rows_are_given_back(guard: Client, people: None):
    answer = give(guard)
    content = b"".join(guard.get(f"{answer.url}wrong/").streaming_content)
    rows = list(openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True))
    assert rows[1][:3] == ("12345", "Марко", 6)


def test_a_crash_half_way_opts_out_nobody(guard: Client, people: None, moments: Moments):
    rows = [("Phone",), *((f"+3809700{number:05d}",) for number in range(2500))]
    answer = give(guard, rows)
    note, calls = moments.original("the note of consent"), []

    def fails_at_the_third(phones, kept):
        calls.append(len(phones))
        if len(calls) == 3:
            raise RuntimeError("the power is gone")
        return note(phones, kept)

    moments.replace("the note of consent", fails_at_the_third)
    with pytest.raises(RuntimeError):
        guard.post(answer.url, {"_import": "1"})
    assert len(calls) == 3
    assert Recipient.objects.count() == 2
    assert not ConsentChange.objects.exists()


def test_the_way_to_it_is_shown_to_those_who_may(guard: Client, log_in: Callable[..., Client]):
    url = url_of("import", subject="consentchange")
    assert url in guard.get(reverse(PASTING)).content.decode()
    assert url in guard.get(reverse("admin:viber_messaging_consentchange_changelist")).content.decode()
    other = log_in("change_recipient", "view_recipient", "view_consentchange", name="ivan")
    assert url not in other.get(reverse(PASTING)).content.decode()
    assert url not in other.get(reverse("admin:viber_messaging_consentchange_changelist")).content.decode()


def test_what_is_uploaded_as_one_thing_is_not_imported_as_another(guard: Client, people: None):
    token = give(guard).url.rstrip("/").rsplit("/", 1)[1]
    assert guard.post(url_of("import_preview", token), {"_import": "1"}).status_code == 404
    assert Recipient.objects.count() == 2


def test_every_kind_of_import_has_its_comparison():
    assert set(COMPARISONS) == set(Subject)


@pytest.fixture
def opted_out(guard: Client) -> list[str]:
    """The phones of a list that names no headings we know, and whose third row looks like headings."""
    text = "Клієнт;Контакт;Звідки\nПетро;0671239001;Сайт\nОлена;0671239002;Viber\nІван;0671239003;Сайт\n"
    answer = upload(guard, io.BytesIO(text.encode()), "list.csv", "consentchange")
    assert answer.url.endswith("/columns/")
    answer = guard.post(answer.url, {"phone": "1", "has_headings": "on"})
    assert "Opt out 3 numbers" in page_after(guard, answer)
    press(guard, answer)
    return ["+380671239001", "+380671239002", "+380671239003"]


def test_nobody_is_lost_because_a_cell_is_a_word_for_a_phone(opted_out: list[str]):
    assert list(ConsentChange.objects.order_by("phone").values_list("phone", flat=True)) == opted_out


def test_no_message_and_no_campaign_reaches_who_stands_in_the_list(gateway: Sandbox, opted_out: list[str]):
    other = Recipient.objects.create(phone="+380671239004", name="Марія")
    group = RecipientGroup.objects.create(name="All")
    group.recipients.set(Recipient.objects.all())
    for phone in (*opted_out, other.phone):
        send_message(phone, "Hello", sender="SMSTest")
    campaign = Campaign.objects.create(name="Spring", sender="SMSTest", text="Hello to all")
    campaign.groups.add(group)
    assert start_campaign(campaign)
    doors.work()
    arrived = sorted((message.phone, message.text) for message in gateway.accepted.values())
    assert arrived == [(other.phone, "Hello"), (other.phone, "Hello to all")]
    campaign.refresh_from_db()
    assert (campaign.opted_out_count, campaign.state) == (3, "finished")
