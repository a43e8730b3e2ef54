"""A new user's whole way: two spreadsheets, their wrong rows, a campaign watched to its end, who did not get it."""

import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests import doors
from tests.browser.looking import fits
from tests.spreadsheets.excel import Cell, excel_workbook, number
from viber_messaging.models import Message, Recipient, RecipientGroup, Sender
from viber_messaging.sandbox import Sandbox
from viber_messaging.states import MessageState

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LOOKS = [("uk", "light", 1280), ("en", "dark", 360)]
LIBREOFFICE = Path(__file__).resolve().parent.parent / "data" / "libreoffice.xlsx"
REFUSED = "+380990000203", "+380990000204"
CORRECT = ["0631110001", "0631110002", "0631110003", "0631110004"]
SCREENSHOTS = os.environ.get("SCREENSHOTS", "")


@pytest.fixture
def site(gateway: Sandbox, configure: Callable[..., None]) -> Sandbox:
    configure(PACKAGE_SIZE=10)
    Sender.objects.create(name="Kvitka")
    return gateway


class Person:
    """Somebody before a browser."""

    def __init__(self, page: Any, folder: Path, look: str) -> None:
        self.page = page
        self.folder = folder
        self.look = look
        self.count = 0

    def sees(self, name: str) -> None:
        """Assert that the page fits; leave a picture of it where asked to."""
        self.count += 1
        assert fits(self.page), name
        if SCREENSHOTS:
            path = Path(SCREENSHOTS) / f"whole-{self.look}-{self.count:02}-{name}.png"
            self.page.screenshot(path=path, full_page=True)

    def presses(self, selector: str) -> None:
        """Press what leads to another page."""
        with self.page.expect_navigation():
            self.page.click(selector)

    def downloads(self, selector: str) -> io.BytesIO:
        """Press what gives a file."""
        with self.page.expect_download() as download:
            self.page.click(selector)
        return io.BytesIO(Path(download.value.path()).read_bytes())

    def uploads(self, content: bytes, name: str, **fields: str) -> None:
        """Upload a spreadsheet, from the list of recipients on."""
        self.presses(".object-tools a[href$='/import/']")
        path = self.folder / name
        path.write_bytes(content)
        self.page.set_input_files("#id_file", path)
        for field, value in fields.items():
            self.page.locator(f"#id_{field}").fill(value)
        self.presses(".submit-row .default")

    def joins(self, content: bytes, name: str) -> None:
        """Upload a spreadsheet of more people for the group that is there."""
        self.presses(".object-tools a[href$='/import/']")
        path = self.folder / name
        path.write_bytes(content)
        self.page.set_input_files("#id_file", path)
        self.page.select_option("#id_group", label="Осінь")
        self.presses(".submit-row .default")

    def counts(self) -> list[int]:
        """Return the numbers that the preview shows: new, updated, unchanged, opted out, repeated, empty, wrong."""
        return [int(tile) for tile in self.page.locator(".viber-tile b").all_inner_texts()]


def of_excel() -> bytes:
    """Return thirty people as Excel keeps them, two whom the gateway refuses, and two wrong rows."""
    people: list[list[Cell | str | None]] = [["Ім'я", "Мобільний телефон"]]
    people += [[f"Оля {place}", number(f"3.809712345{place:02}E11")] for place in range(30)]
    people += [[f"Недосяжна {place}", number(phone.lstrip("+"))] for place, phone in enumerate(REFUSED)]
    people += [["Скорочена", "3.80971E+11"], ["З літерою", "096O123456"]]
    return excel_workbook(people).getvalue()


def corrected(wrong: io.BytesIO, column: str, phones: list[str]) -> bytes:
    """Return the wrong rows with right phones, as a person saves them."""
    book = openpyxl.load_workbook(wrong)
    for row, phone in zip(range(2, book.active.max_row + 1), phones, strict=False):
        book.active[f"{column}{row}"] = phone
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def import_people(person: Person) -> None:
    """Bring in the file of LibreOffice, then that of Excel, and what was wrong in each, corrected."""
    person.uploads(LIBREOFFICE.read_bytes(), "клієнти.xlsx", new_group="Осінь")
    person.sees("libreoffice")
    assert person.counts() == [6, 0, 0, 0, 1, 1, 4]
    wrong = person.downloads("#kind-wrong a")
    person.presses("[name=_import]")
    person.sees("imported")
    person.joins(corrected(wrong, "B", CORRECT), "виправлені.xlsx")
    person.sees("corrected")
    assert person.counts() == [4, 0, 0, 0, 0, 0, 0]
    person.presses("[name=_import]")
    person.joins(of_excel(), "excel.xlsx")
    person.sees("excel")
    assert person.counts() == [32, 0, 0, 0, 0, 0, 2]
    wrong = person.downloads("#kind-wrong a")
    person.presses("[name=_import]")
    person.joins(corrected(wrong, "B", ["0961110005", "0961110006"]), "виправлені-excel.xlsx")
    person.presses("[name=_import]")
    assert RecipientGroup.objects.get().recipients.count() == 44
    assert not Recipient.objects.filter(attributes__has_key="Що не так").exists()


def write_campaign(person: Person) -> None:
    """Write a text with a name in it, look at it, and try it on oneself."""
    page = person.page
    page.fill("#id_name", "Осінній розпродаж")
    page.check(".viber-groups label:has-text('Осінь') input")
    page.select_option("#id_sender", "Kvitka")
    page.fill("#id_text", "Вітаємо, {name|друже}! *Знижка* до неділі.")
    person.sees("text")
    person.presses("[name=_review]")
    person.sees("review")
    assert "Вітаємо, Олена Коваль!" in page.inner_text(".viber-review")
    page.fill("#viber-phone", "050 765-43-21")
    person.presses(".viber-trial button")
    person.sees("tried")
    trial = Message.objects.get()
    assert (trial.phone, trial.campaign) == ("+380507654321", None)


def run_campaign(person: Person, site: Sandbox) -> None:
    """Start it, watch it move, pause it half-way, let it go on to its end."""
    page = person.page
    person.presses(".viber-start")
    page.wait_for_selector("[data-state=running]")
    doors.work(limit=21)
    page.wait_for_selector("[data-text=queued]:text-is('24')")
    person.sees("running")
    person.presses("[value=pause]")
    page.wait_for_selector("[data-state=paused]")
    sent = site.request_count
    doors.work()
    assert Message.objects.filter(campaign__isnull=False, state=MessageState.QUEUED).count() == 24
    person.sees("paused")
    assert site.request_count >= sent
    person.presses("[value=resume]")
    page.wait_for_selector("[data-state=running]")
    doors.work()
    page.wait_for_selector("[data-state=finished]")
    assert page.inner_text("[data-text=rejected]") == "2"
    person.sees("finished")


@pytest.mark.parametrize(("language", "scheme", "width"), LOOKS)
def test_from_two_spreadsheets_to_who_did_not_get_it(
    site: Sandbox, open_admin: Callable[..., Any], tmp_path: Path, language: str, scheme: str, width: int
):
    page = open_admin("viber_messaging/recipient/", language=language, scheme=scheme, width=width)
    person = Person(page, tmp_path, f"{language}-{scheme}-{width}")
    import_people(person)
    page.goto(page.url.split("recipient/")[0] + "campaign/add/")
    write_campaign(person)
    run_campaign(person, site)
    assert len({message.phone for message in site.accepted.values()}) == 43
    page.locator("details:has(#viber-export-who) summary").click()
    file = person.downloads("details:has(#viber-export-who) button")
    person.sees("exported")
    rows = openpyxl.load_workbook(file).active.iter_rows(min_row=2, values_only=True)
    assert sorted(str(row[0]) for row in rows) == sorted(REFUSED)
