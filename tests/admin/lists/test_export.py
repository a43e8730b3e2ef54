"""The lists as spreadsheets: what is shown, or all, and only for those who may."""

import io
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse

from tests.admin.page import page_of
from viber_messaging.models import Message, Recipient, RecipientGroup, Sender

EXPORT = "admin:viber_messaging_recipient_export"
MESSAGES = "admin:viber_messaging_message_export"
LIST = "admin:viber_messaging_recipient_changelist"


@pytest.fixture
def exporter(log_in: Callable[..., Client]) -> Client:
    return log_in("export_recipient", "view_recipient", "view_message")


@pytest.fixture
def people(db: None) -> list[Recipient]:
    friends = RecipientGroup.objects.create(name="Friends")
    made = [
        Recipient.objects.create(phone="+380971234567", name="Олена", attributes={"Місто": "Київ"}),
        Recipient.objects.create(phone="+380971234568", name="=HYPERLINK(1)"),
        Recipient.objects.create(phone="+380971234569", name="Ігор"),
    ]
    made[0].groups.add(friends)
    return made


def download(client: Client, url: str = EXPORT, **fields: Any) -> list[list[Any]]:
    answer = client.post(reverse(url), {"scope": "all", "format": "xlsx", **fields})
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    return [list(row) for row in book.active.iter_rows(values_only=True)]


def test_all_are_exported_without_formulas(exporter, people):
    assert download(exporter) == [
        ["Phone", "Name", "Місто"],
        ["+380971234567", "Олена", "Київ"],
        ["+380971234568", "'=HYPERLINK(1)", None],
        ["+380971234569", "Ігор", None],
    ]


@pytest.mark.parametrize("filters", ["q=097+123-45-67", "groups__id__exact={group}", "q=Олена&p=7&o=2"])
def test_what_the_list_shows_is_exported(exporter, people, filters):
    found = filters.format(group=RecipientGroup.objects.get().pk)
    assert [row[0] for row in download(exporter, scope="shown", filters=found)[1:]] == ["+380971234567"]


def test_a_text_table_is_offered_too(exporter, people):
    answer = exporter.post(reverse(EXPORT), {"scope": "all", "format": "csv"})
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()[1] == "'+380971234567;Олена;Київ"


def test_the_button_of_the_list_keeps_its_search_and_shows_it_in_no_address(exporter, people):
    address = exporter.post(reverse(f"{LIST.removesuffix('changelist')}search"), {"q": "+380971234567"}).url
    token = address.partition("?q=")[2]
    assert f'name="filters" value="q={token}"' in exporter.get(address).content.decode()
    answer = exporter.post(reverse(EXPORT), {"filters": f"q={token}"})
    page = answer.content.decode()
    assert "Results of the search and the filters: 1" in page
    assert "380971234567" not in page


def test_without_a_search_all_is_the_only_choice(exporter, people):
    assert "search and the filters" not in page_of(exporter, reverse(EXPORT))


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"scope": "all", "format": "html"}, 200),
        ({"scope": "mine", "format": "xlsx"}, 200),
        ({"scope": "all", "format": ""}, 200),
        ({"scope": "all", "format": "xlsx", "filters": "groups__id__exact=abc"}, 302),
        ({"scope": "all", "format": "xlsx", "filters": "password=1"}, 302),
        ({"scope": "all", "format": "xlsx", "filters": "recipient__phone__startswith=%00"}, 302),
        ({"scope": "all", "format": "xlsx", "filters": "a=1&" * 1001}, 400),
    ],
)
def test_a_forged_form_ends_in_a_page(exporter, people, fields, status):
    assert exporter.post(reverse(EXPORT), fields).status_code == status


def test_a_filter_by_what_the_list_does_not_offer_is_refused(exporter, people, caplog):
    answer = exporter.post(
        reverse(MESSAGES), {"scope": "all", "format": "xlsx", "filters": "created_by__password__startswith=p"}
    )
    assert answer.status_code == 400


def test_messages_are_exported_with_their_state_and_number(exporter, make_message):
    Sender.objects.create(name="SMSTest")
    make_message(state="accepted", msg_id="77")
    make_message(state="failed", text="@cmd")
    rows = download(exporter, MESSAGES, scope="shown", filters="state__exact=failed")
    facts = dict(zip(rows[0], rows[1], strict=True))
    assert len(rows) == 2
    assert (facts["Phone"], facts["Text"], facts["Status"]) == ("+380971234567", "'@cmd", "failed")


@pytest.mark.parametrize("url", [EXPORT, MESSAGES])
@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize(
    "held", [(), ("view_recipient", "view_message", "change_recipient", "import_recipient"), ("export_recipient",)]
)
def test_only_those_who_may_export_and_see_the_list_may(log_in, settings, url, method, held):
    settings.IMPORT_EXPORT_EXPORT_PERMISSION_CODE = None
    client = log_in(*held)
    assert getattr(client, method)(reverse(url), {"scope": "all", "format": "xlsx"}).status_code == 403


def test_the_button_is_shown_to_those_who_may(log_in, exporter):
    url = reverse(EXPORT)
    assert url in exporter.get(reverse(LIST)).content.decode()
    assert url not in log_in("view_recipient", name="ivan").get(reverse(LIST)).content.decode()


def test_a_form_of_another_site_is_refused(exporter):
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = exporter.cookies
    assert strict.post(reverse(EXPORT), {"scope": "all", "format": "xlsx"}).status_code == 403


def test_an_export_changes_nothing(exporter, people, make_message):
    make_message(state="draft")
    before = list(Recipient.objects.values()) + list(Message.objects.values())
    download(exporter)
    download(exporter, MESSAGES)
    assert list(Recipient.objects.values()) + list(Message.objects.values()) == before


def test_who_exported_what_is_noted_and_shown_but_not_what_was_searched_for(exporter, people):
    download(exporter, scope="shown", filters="q=097+123-45-67")
    download(exporter)
    entries = [(entry.user.username, entry.change_message) for entry in LogEntry.objects.all()]
    assert entries == [("olena", "Exported: all, 3 rows"), ("olena", "Exported: a selection, 1 row")]
    assert "Exported: all, 3 rows" in exporter.get(reverse(EXPORT)).content.decode()
    assert "Exported: all, 3 rows" not in exporter.get(reverse(MESSAGES)).content.decode()
    assert "Exported: all, 3 rows" in exporter.get(reverse("admin:index")).content.decode()
