"""How many clicks and page loads the usual jobs take, from the admin's index."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests import doors
from tests.browser.counting import Person
from tests.spreadsheets import files
from viber_messaging.models import Campaign, Message, Recipient
from viber_messaging.sandbox import Sandbox

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ROWS = [("Телефон", "Ім'я"), ("097 111-22-33", "Олена Коваль"), ("0971234500", "Степан Мельник")]
ANYWHERE = (
    "",
    "viber_messaging/",
    "viber_messaging/message/",
    "viber_messaging/message/add/",
    "viber_messaging/message/report/",
    "viber_messaging/recipient/import/",
    "viber_messaging/sender/",
    "viber_messaging/campaign/add/",
)


@pytest.fixture
def person(site: Sandbox, open_admin: Callable[..., Any]) -> Person:
    """Somebody on the admin's index."""
    return Person(open_admin("", width=1280))


def test_one_message_is_sent_with_two_clicks_and_two_loads(person: Person):
    person.goes_to("a:text-is('New message')")
    person.types("#id_phone", "097 123-45-67")
    person.types("#id_text", "Замовлення готове")
    person.goes_to("[name=_send]")
    assert Message.objects.get().state == "accepted"
    assert person.effort == (2, 2)


def test_a_campaign_to_a_spreadsheet_takes_seven_clicks_and_five_loads_at_most(person: Person, tmp_path: Path):
    path = tmp_path / "Весна.xlsx"
    path.write_bytes(files.workbook(ROWS).getvalue())
    person.goes_to(".viber-front a:text-is('Import')")
    person.chooses_file("#id_file", path)
    person.goes_to(".submit-row .default")
    person.goes_to("[name=_write]")
    person.types("#id_name", "Весняна знижка")
    person.types("#id_text", "Вітаємо, {name}!")
    person.goes_to("[name=_review]")
    person.goes_to(".viber-start")
    campaign = Campaign.objects.get()
    doors.work()
    assert sorted(campaign.messages.values_list("text", flat=True)) == [
        "Вітаємо, Олена Коваль!",
        "Вітаємо, Степан Мельник!",
    ]
    clicks, loads = person.effort
    assert (clicks <= 7, loads <= 5) == (True, True), person.effort


@pytest.mark.parametrize("term", ["097 123-45-67", "Коваль"])
def test_what_happened_to_a_clients_message_takes_one_click_and_enter(person: Person, term: str):
    recipient = Recipient.objects.create(phone="+380971234567", name="Олена Коваль")
    Message.objects.create(sender="Kvitka", phone=recipient.phone, text="Замовлення готове")
    Message.objects.create(sender="Kvitka", phone="+380501112233", text="Інше")
    person.clicks_on("#viber-find")
    person.page.keyboard.type(term)
    person.presses_enter()
    assert "Замовлення готове" in person.page.inner_text(".viber-bubble-text")
    assert "accepted" in person.page.inner_text("#content")
    clicks, loads = person.effort
    assert (clicks <= 1, loads <= 2) == (True, True), person.effort


def test_of_several_messages_to_a_client_the_list_tells_the_same(person: Person):
    for text in ("Перше", "Друге"):
        Message.objects.create(sender="Kvitka", phone="+380971234567", text=text)
    person.clicks_on("#viber-find")
    person.page.keyboard.type("097 123-45-67")
    person.presses_enter()
    assert person.page.locator("#result_list tbody .viber-state-accepted").count() == 2
    assert person.effort == (1, 1)


def test_what_failed_is_sent_again_with_two_clicks_and_two_loads(person: Person):
    message = Message.objects.create(sender="Kvitka", phone="+380971234567", text="Замовлення", state="draft")
    Message.objects.filter(pk=message.pk).update(state="rejected", status_code=202)
    person.goes_to("a:text-is('Send failed messages again…')")
    person.goes_to(".submit-row .default")
    assert Message.objects.get().state == "accepted"
    assert person.effort == (2, 2)


def test_whether_everything_is_all_right_takes_one_click_and_one_line(person: Person):
    person.goes_to("#content-main a[href$='/viber_messaging/']")
    assert person.page.inner_text(".viber-line") == "All is well: nothing is waiting."
    assert person.effort == (1, 1)


def test_what_is_not_all_right_takes_no_click(
    site: Sandbox, open_admin: Callable[..., Any], configure: Callable[..., None]
):
    configure(DISPATCH="worker")
    Message.objects.create(sender="Kvitka", phone="+380971234567", text="Замовлення")
    person = Person(open_admin(""))
    assert "No worker is running." in person.page.inner_text(".viber-banner h2")
    assert person.effort == (0, 0)


@pytest.mark.parametrize("where", ANYWHERE)
def test_everything_is_stopped_from_any_page_with_two_clicks(site: Sandbox, open_admin: Callable[..., Any], where: str):
    person = Person(open_admin(where))
    person.clicks_on(":is(.viber-front summary, .viber-stop-link a)")
    person.goes_to("[name=do][value=stop]:visible >> nth=0")
    assert doors.is_stopped()
    clicks, loads = person.effort
    assert (clicks <= 2, loads <= 2) == (True, True), person.effort
