"""A spreadsheet of messages becomes drafts, which nobody sends by that."""

import io

import openpyxl
import pytest

from tests.admin.imports.conftest import page_after, press, upload
from viber_messaging.models import Message, Recipient, Sender
from viber_messaging.states import MessageState

ROWS = [
    ("Телефон", "Текст", "Кнопка", "Посилання", "Картинка"),
    ("0971234567", "Вітаємо", "", "", ""),
    ("0501234567", "Знижка", "Купити", "https://example.com/", "https://example.com/a.png"),
    ("0671234567", "", "", "", ""),
]


@pytest.fixture(autouse=True)
def senders(db):
    Sender.objects.create(name="Kvitka")
    Sender.objects.create(name="Volna")


def test_messages_are_shown_and_become_drafts(importer, django_user_model):
    answer = upload(importer, ROWS, subject="message", sender="Kvitka")
    page = page_after(importer, answer)
    assert "Create 2 drafts" in page
    assert "Invalid: 1" in page
    assert "Вітаємо" in page
    page = press(importer, answer)
    assert "Imported from people.xlsx. New: 2; Invalid: 1." in page
    made = list(Message.objects.order_by("pk"))
    assert [(m.phone, m.text, m.sender, m.state, m.type) for m in made] == [
        ("+380971234567", "Вітаємо", "Kvitka", MessageState.DRAFT, "text"),
        ("+380501234567", "Знижка", "Kvitka", MessageState.DRAFT, "button"),
    ]
    assert {m.created_by for m in made} == {django_user_model.objects.get()}


def test_confirming_twice_makes_each_draft_once_even_if_they_were_sent_meanwhile(importer):
    answer = upload(importer, ROWS, subject="message", sender="Kvitka")
    press(importer, answer)
    Message.objects.update(state=MessageState.ACCEPTED)
    assert "was already imported" in press(importer, answer)
    assert Message.objects.count() == 2


def test_nobody_who_opted_out_gets_a_draft(importer):
    Recipient.objects.create(phone="+380971234567", opted_out_at="2026-01-01T00:00Z")
    answer = upload(importer, ROWS, subject="message", sender="Kvitka")
    assert "Create 1 draft" in page_after(importer, answer)
    press(importer, answer)
    assert Message.objects.get().phone == "+380501234567"


def test_a_forged_sender_is_refused_at_the_form(importer):
    page = upload(importer, ROWS, subject="message", sender="Nobody").content.decode()
    assert "errorlist" in page
    assert "Nobody is not one of the available choices" in page


def test_columns_of_messages_are_chosen_by_a_person(importer):
    rows = [("Один", "Два", "Три"), ("097 123-45-67", "Вітаємо", "Volna")]
    answer = upload(importer, rows, subject="message")
    page = page_after(importer, answer)
    assert 'name="text"' in page
    assert 'name="scheduled_at"' in page
    answer = importer.post(answer.url, {"phone": "0", "text": "1", "sender": "2", "has_headings": "on"})
    press(importer, answer)
    assert Message.objects.values_list("phone", "text", "sender").get() == ("+380971234567", "Вітаємо", "Volna")


def test_a_sender_that_no_record_names_is_refused_with_those_that_exist(importer):
    rows = [("Телефон", "Текст", "Відправник"), ("0971234567", "Вітаємо", "Kvytka"), ("0501234567", "Так", "Volna")]
    page = page_after(importer, upload(importer, rows, subject="message", sender="Kvitka"))
    assert "There is no sender with this name; use one of these: Kvitka, Volna" in page
    assert "Create 1 draft" in page


def test_the_time_zone_in_which_times_are_read_is_named(importer, settings):
    settings.TIME_ZONE = "UTC"
    rows = [("Телефон", "Текст", "Час"), ("0971234567", "Вітаємо", "23.11.2030 09:30")]
    page = page_after(importer, upload(importer, rows, subject="message", sender="Kvitka"))
    assert "Times are read in the time zone UTC." in page
    page = page_after(importer, upload(importer, ROWS, subject="message", sender="Kvitka"))
    assert "time zone" not in page


def test_a_message_repeats_only_if_it_says_the_same(importer):
    rows = [("Телефон", "Текст"), *(("0971234567", text) for text in ("a", "b", "a", "x" * 1001, "y" * 1001))]
    page = page_after(importer, upload(importer, rows, subject="message", sender="Kvitka"))
    assert "Create 2 drafts" in page
    assert page.count("This message repeats row 2") == 1
    assert "This phone number repeats" not in page


def test_hidden_rows_are_told_and_left_out_on_request(importer):
    book = openpyxl.Workbook()
    for row in [("phone",), ("0971234567",), ("0501234567",)]:
        book.active.append(row)
    book.active.row_dimensions[3].hidden = True
    file = io.BytesIO()
    book.save(file)
    answer = upload(importer, file)
    page = page_after(importer, answer)
    assert "1 row is hidden in the workbook, perhaps by a filter. It is read like the others." in page
    assert "Import 2 recipients" in page
    page = importer.post(answer.url, {"_hidden": "leave"}, follow=True).content.decode()
    assert "1 row is hidden in the workbook and is left out." in page
    assert "Import 1 recipient" in page
    page = importer.post(answer.url, {"_hidden": "take"}, follow=True).content.decode()
    assert "Import 2 recipients" in page
