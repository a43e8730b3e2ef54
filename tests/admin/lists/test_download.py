"""Whatever leaves the site as a file is told to those who listen to django-import-export."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from import_export.signals import post_export

from viber_messaging import admin
from viber_messaging.models import Campaign, Message, Recipient

DAYS = {"first": "2020-11-01", "last": "2020-11-30"}
ADMIN = Path(admin.__file__).parent
NO_EXPORT = {"lists/download.py", "imports/wrong_rows.py"}
"""Where the files are made; and the wrong rows of an upload, which the site does not keep."""


@pytest.fixture
def heard() -> Iterator[list[type[Model]]]:
    """The models whose exports were announced by ``post_export``."""
    models: list[type[Model]] = []

    def listen(sender: Any, model: type[Model], **kwargs: Any) -> None:
        models.append(model)

    post_export.connect(listen)
    yield models
    post_export.disconnect(listen)


@pytest.fixture
def staff(log_in: Callable[..., Client]) -> Client:
    return log_in("export_recipient", "view_recipient", "view_message", "view_campaign")


def export_a_list(staff: Client, name: str) -> Any:
    return staff.post(reverse(f"admin:viber_messaging_{name}_export"), {"scope": "all", "format": "csv"})


def export_a_campaign(staff: Client) -> Any:
    campaign = Campaign.objects.create(name="Spring", sender="SMSTest", text="Hi")
    return staff.post(reverse("admin:viber_messaging_campaign_export", args=[campaign.pk]), {"format": "csv"})


def export_a_report(staff: Client) -> Any:
    return staff.get(reverse("admin:viber_messaging_message_report"), {**DAYS, "as": "csv"})


def export_the_messages_of_a_report(staff: Client) -> Any:
    return staff.post(reverse("admin:viber_messaging_message_report_messages"), {**DAYS, "who": "all", "format": "csv"})


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("export", "model"),
    [
        (lambda staff: export_a_list(staff, "recipient"), Recipient),
        (lambda staff: export_a_list(staff, "message"), Message),
        (export_a_campaign, Message),
        (export_a_report, Message),
        (export_the_messages_of_a_report, Message),
    ],
    ids=["recipients", "messages", "a campaign's messages", "a report", "the messages of a report"],
)
def test_each_export_is_told(
    export: Callable[[Client], Any], model: type[Model], staff: Client, heard: list[type[Model]]
):
    answer = export(staff)
    assert "attachment" in answer["Content-Disposition"]
    answer.close()
    assert heard == [model]


def test_no_page_makes_a_file_past_it():
    makers = re.compile(r"FileResponse\(|StreamingHttpResponse|\bdownload\(")
    found = {path.relative_to(ADMIN).as_posix() for path in ADMIN.rglob("*.py") if makers.search(path.read_text())}
    assert found == NO_EXPORT
