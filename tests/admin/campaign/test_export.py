"""Who did not get a campaign, as a spreadsheet."""

import io
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse

from viber_messaging.models import Campaign, Message
from viber_messaging.states import MessageState

NAME = "admin:viber_messaging_campaign_"
NEEDED = ("view_campaign", "view_message", "export_recipient")


@pytest.fixture
def campaign(db: None) -> Campaign:
    """A campaign with a message in each state, and another one that is nobody's business."""
    made = Campaign.objects.create(name="Spring", sender="SMSTest", text="Hi", state="running")
    other = Campaign.objects.create(name="Other", sender="SMSTest", text="Hi", state="running")
    for number, state in enumerate(MessageState):
        fields = {"phone": f"+3809712345{number:02d}", "sender": "SMSTest", "text": "=1+1", "state": state}
        Message.objects.bulk_create([Message(campaign=made, **fields), Message(campaign=other, **fields)])
    return made


@pytest.fixture
def exporter(log_in: Callable[..., Client]) -> Client:
    return log_in(*NEEDED)


def url(campaign: Campaign, page: str = "export") -> str:
    return reverse(NAME + page, args=[campaign.pk])


def rows(answer: Any) -> list[dict[str, Any]]:
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    headings, *found = sheet.iter_rows(values_only=True)
    return [dict(zip(headings, row, strict=True)) for row in found]


def test_those_who_did_not_get_it_are_told_with_their_state(exporter: Client, campaign: Campaign):
    answer = exporter.post(url(campaign), {"who": "unreached", "format": "xlsx"})
    found = rows(answer)
    assert [row["Status"] for row in found] == ["not delivered", "rejected", "failed"]
    assert [row["Text"] for row in found] == ["'=1+1"] * 3
    assert found[0]["Phone"] == "+380971234506"
    assert "Spring" in answer["Content-Disposition"]


def test_all_of_them_are_given_where_that_is_asked_for(exporter: Client, campaign: Campaign):
    assert len(rows(exporter.post(url(campaign), {"who": "all", "format": "xlsx"}))) == len(MessageState)


def test_a_text_table_is_given_too(exporter: Client, campaign: Campaign):
    answer = exporter.post(url(campaign), {"who": "unreached", "format": "csv"})
    assert len(b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()) == 1 + 3


@pytest.mark.parametrize("data", [{}, {"who": "mine", "format": "html"}])
def test_a_forged_form_gets_no_more_than_the_form_offers(exporter: Client, campaign: Campaign, data: dict[str, str]):
    assert len(rows(exporter.post(url(campaign), data))) == 3


def test_who_took_what_stands_in_the_history_of_the_campaign(exporter: Client, campaign: Campaign):
    rows(exporter.post(url(campaign), {"who": "unreached", "format": "xlsx"}))
    assert LogEntry.objects.get().get_change_message() == "Exported: people who were not reached, 3 rows"
    assert "Exported: people who were not reached, 3 rows" in exporter.get(url(campaign, "history")).content.decode()


@pytest.mark.parametrize("lacking", NEEDED)
def test_each_permission_is_needed(log_in: Callable[..., Client], campaign: Campaign, lacking: str):
    client = log_in(*(name for name in NEEDED if name != lacking), "send_campaign")
    assert client.post(url(campaign)).status_code == 403
    if lacking != "view_campaign":
        assert url(campaign) not in client.get(url(campaign, "change")).content.decode()


def test_the_page_has_the_button_and_a_get_gives_nothing(exporter: Client, campaign: Campaign):
    assert url(campaign) in exporter.get(url(campaign, "change")).content.decode()
    assert exporter.get(url(campaign)).status_code == 405
    assert not LogEntry.objects.exists()
