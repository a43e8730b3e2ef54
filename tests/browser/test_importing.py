"""A person imports a spreadsheet, sees the wrong rows, and exports the list."""

import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.browser.looking import fits
from tests.spreadsheets import files
from viber_messaging.models import Recipient, RecipientGroup, Sender

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LOOKS = [("uk", "light", 1280), ("uk", "dark", 360), ("en", "dark", 1280), ("en", "light", 360)]
SCREENSHOTS = os.environ.get("SCREENSHOTS", "")
"""A folder to leave pictures of the pages in, for whoever wants to look at them."""

PEOPLE = [
    ("Телефон", "Ім'я", "Місто", "Знижка"),
    ("097 123-45-67", "Олена Коваль", "Київ", "10%"),
    ("0501234567", "Ігор \u202eШевченко", "Івано-Франківськ", "5%"),
    ("067 765 43 21", "Марія", "Дніпро", ""),
    ("063 000 11 22", "Степан", "Суми", "7%"),
    ("3.80971E+11", "Марко", "Суми", ""),
    ("044 123-45-67", "<b>Офіс</b>", "Київ", ""),
    ("097-123-45-67", "Олена ще раз", "Київ", ""),
    ("", "Без номера", "Львів", ""),
]


@pytest.fixture
def site(configure: Callable[..., None]) -> None:
    configure(DISPATCH="worker")
    Sender.objects.create(name="Kvitka")
    RecipientGroup.objects.create(name="Постійні клієнти")
    Recipient.objects.create(phone="+380677654321", name="Марійка", attributes={"Місто": "Дніпро"})
    Recipient.objects.create(phone="+380630001122", name="Степан", opted_out_at="2026-01-01T00:00Z")


@pytest.fixture
def look(request: Any) -> Callable[[Any, str], None]:
    """Assert that a page fits its window; leave a picture of it where asked to."""

    def check(page: Any, name: str) -> None:
        page.wait_for_load_state()
        assert fits(page), name
        if SCREENSHOTS:
            page.screenshot(path=Path(SCREENSHOTS) / f"{name}-{request.node.callspec.id}.png", full_page=True)

    return check


def save(folder: Path, rows: Any, name: str = "клієнти.xlsx") -> Path:
    path = folder / name
    path.write_bytes(files.workbook(rows).getvalue())
    return path


def opened(download: Any) -> Any:
    return openpyxl.load_workbook(io.BytesIO(Path(download.path()).read_bytes())).active


@pytest.mark.parametrize(("language", "scheme", "width"), LOOKS)
def test_people_are_imported_and_the_wrong_rows_downloaded(
    site: None, open_admin: Any, look: Any, tmp_path: Path, language: str, scheme: str, width: int
):
    page = open_admin("viber_messaging/recipient/", language=language, scheme=scheme, width=width)
    look(page, "1-list")
    page.click(".object-tools a[href$='/import/']")
    look(page, "2-upload")
    page.set_input_files("#id_file", save(tmp_path, PEOPLE))
    page.fill("#id_new_group", "Весна")
    page.click(".submit-row .default")
    look(page, "3-preview")
    assert [int(tile) for tile in page.locator(".viber-tile b").all_inner_texts()] == [2, 1, 0, 1, 1, 1, 2]
    with page.expect_download() as download:
        page.click("#kind-wrong a")
    wrong = opened(download.value)
    assert [row[4].value for row in wrong.iter_rows(min_row=2)] == [6, 7]
    page.click("[name=_import]")
    look(page, "4-done")
    assert "клієнти.xlsx" in page.inner_text(".messagelist")
    assert RecipientGroup.objects.get(name="Весна").recipients.count() == 4


def test_the_name_of_the_file_is_proposed_for_the_group(site: None, open_admin: Any, tmp_path: Path):
    known = RecipientGroup.objects.create(name="Київ")
    page = open_admin("viber_messaging/recipient/import/")
    page.set_input_files("#id_file", save(tmp_path, PEOPLE, "Весна 2026.05.xlsx"))
    assert page.input_value("#id_new_group") == "Весна 2026.05"
    page.set_input_files("#id_file", save(tmp_path, PEOPLE, "Київ.xlsx"))
    assert (page.input_value("#id_new_group"), page.input_value("#id_group")) == ("", str(known.pk))
    page.type("#id_new_group", "Мої")
    assert page.input_value("#id_group") == ""
    page.set_input_files("#id_file", save(tmp_path, PEOPLE, "Львів.xlsx"))
    assert page.input_value("#id_new_group") == "Мої"
    page.fill("#id_new_group", "")
    page.select_option("#id_group", label="Київ")
    page.set_input_files("#id_file", save(tmp_path, PEOPLE, "Одеса.xlsx"))
    assert (page.input_value("#id_new_group"), page.input_value("#id_group")) == ("", str(known.pk))


def test_a_group_that_a_person_chooses_replaces_the_name_proposed(site: None, open_admin: Any, tmp_path: Path):
    RecipientGroup.objects.create(name="Київ")
    page = open_admin("viber_messaging/recipient/import/")
    page.set_input_files("#id_file", save(tmp_path, PEOPLE, "Весна.xlsx"))
    page.select_option("#id_group", label="Київ")
    page.click(".submit-row .default")
    page.click("[name=_import]")
    page.click(".messagelist a")
    page.wait_for_selector("#viber-note-groups:has-text('3')")
    assert page.is_checked("label:has-text('Київ') input")


@pytest.mark.parametrize(("language", "scheme", "width"), LOOKS)
def test_the_columns_of_messages_are_chosen_and_drafts_made(
    site: None, open_admin: Any, look: Any, tmp_path: Path, language: str, scheme: str, width: int
):
    page = open_admin("viber_messaging/message/import/", language=language, scheme=scheme, width=width)
    look(page, "5-upload-messages")
    rows = [("Кому", "Що сказати"), ("097 123-45-67", "Вітаємо! Ваше замовлення готове."), ("0501234567", "Знижка")]
    page.set_input_files("#id_file", save(tmp_path, rows))
    page.click(".submit-row .default")
    look(page, "6-columns")
    page.select_option("#id_phone", "0")
    page.select_option("#id_text", "1")
    page.click(".submit-row .default")
    look(page, "7-drafts")
    page.click("[name=_import]")
    look(page, "8-messages")
    assert page.locator("#result_list tbody tr").count() == 2


@pytest.mark.parametrize(("language", "scheme", "width"), LOOKS)
def test_what_was_found_is_exported(site: None, open_admin: Any, look: Any, language: str, scheme: str, width: int):
    page = open_admin("viber_messaging/recipient/?q=Степан", language=language, scheme=scheme, width=width)
    page.click(".object-tools button")
    look(page, "9-export")
    with page.expect_download() as download:
        page.click(".submit-row .default")
    book = opened(download.value)
    assert [row[0].value for row in book.iter_rows(min_row=2)] == ["+380630001122"]


@pytest.mark.parametrize(("language", "scheme", "width"), LOOKS[:2])
def test_a_wrong_file_is_told_at_the_form(
    site: None, open_admin: Any, look: Any, tmp_path: Path, language: str, scheme: str, width: int
):
    page = open_admin("viber_messaging/recipient/import/", language=language, scheme=scheme, width=width)
    wrong = tmp_path / "a.xlsx"
    wrong.write_bytes(b"PK\x03\x04 and then nothing")
    page.set_input_files("#id_file", wrong)
    page.click(".submit-row .default")
    look(page, "10-wrong")
    assert page.inner_text(".field-file .errorlist")


@pytest.mark.parametrize(("language", "scheme", "width"), LOOKS)
def test_a_black_list_is_taken_in(
    site: None, open_admin: Any, look: Any, tmp_path: Path, language: str, scheme: str, width: int
):
    page = open_admin("viber_messaging/recipient/opt-out-list/", language=language, scheme=scheme, width=width)
    look(page, "11-paste")
    page.click("#content-main a[href$='/import/']")
    page.set_input_files("#id_file", save(tmp_path, PEOPLE))
    page.click(".submit-row .default")
    look(page, "12-black-list")
    assert [int(tile) for tile in page.locator(".viber-tile b").all_inner_texts()] == [1, 2, 1, 1, 1, 2]
    page.click("[name=_import]")
    look(page, "13-opted-out")
    assert Recipient.objects.filter(opted_out_at=None).count() == 0
    page.goto(page.url.replace("/consentchange/", "/consentchange/import/"))
    look(page, "14-history")
    assert "клієнти.xlsx" in page.inner_text(".viber-history")


HOLD = """() => {
    window.taken = [];
    window.addEventListener("submit", (event) => {
        window.taken.push(!event.defaultPrevented);
        event.preventDefault();
    });
}"""
"""Keeps a form from leaving its page, and remembers whether it would have been sent."""

SHOW = "persisted => window.dispatchEvent(new PageTransitionEvent('pageshow', {persisted}))"
"""Says that the page is shown: loaded at last, or come back by the Back button."""


@pytest.mark.parametrize(("language", "scheme", "width"), LOOKS[:2])
def test_a_long_step_says_that_it_is_under_way_and_is_taken_once(
    site: None, open_admin: Any, look: Any, tmp_path: Path, language: str, scheme: str, width: int
):
    page = open_admin("viber_messaging/recipient/import/", language=language, scheme=scheme, width=width)
    page.set_input_files("#id_file", save(tmp_path, PEOPLE))
    assert page.is_hidden(".viber-busy")
    page.wait_for_load_state()
    page.evaluate(HOLD)
    page.click(".submit-row .default")
    page.evaluate(SHOW, False)
    page.click(".submit-row .default")
    assert page.evaluate("window.taken") == [True, False]
    assert page.is_visible("form[aria-busy=true] .viber-busy progress")
    look(page, "15-busy")
    page.evaluate(SHOW, True)
    assert page.is_hidden(".viber-busy")


def book_of_sheets() -> bytes:
    """Return a workbook with a letterhead, a hidden row and a second sheet."""
    book = openpyxl.Workbook()
    book.active.title = "Звіт"
    book.active.append(["Звіт за листопад"])
    book.active.append(["Склала", "Марія"])
    book.active.append(["Людей", "5"])
    sheet = book.create_sheet("Клієнти")
    for row in [["ТОВ «Квітка»"], ["Тел.", "(044) 123-45-67"], *PEOPLE]:
        sheet.append(row)
    sheet.row_dimensions[5].hidden = True
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


@pytest.mark.parametrize(("language", "scheme", "width"), [("uk", "dark", 390), ("en", "light", 1280)])
def test_what_is_left_out_is_seen_and_another_sheet_chosen(
    open_admin: Callable[..., Any], look: Callable[[Any, str], None], site: None, language: str, scheme: str, width: int
) -> None:
    page = open_admin("viber_messaging/recipient/import/", language=language, scheme=scheme, width=width)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    page.set_input_files("#id_file", {"name": "клієнти.xlsx", "mimeType": kind, "buffer": book_of_sheets()})
    page.click(".submit-row .default")
    page.wait_for_selector(".viber-above")
    look(page, f"above-{language}-{scheme}-{width}")
    page.click("[name=_hidden]")
    page.wait_for_selector("[name=_hidden][value=take]")
    look(page, f"hidden-{language}-{scheme}-{width}")
    page.click("a[href$='/columns/']")
    page.wait_for_selector(".viber-sheets select")
    look(page, f"sheets-{language}-{scheme}-{width}")
    page.select_option(".viber-sheets select", "0")
    page.click(".viber-sheets [type=submit]")
    page.wait_for_selector("text=Марія")
    assert page.input_value(".viber-sheets select") == "0"
