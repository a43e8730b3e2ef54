"""A spreadsheet on its way through the admin: upload, columns, preview, import."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.spreadsheets import files
from viber_messaging.models import Recipient, RecipientGroup, StagedPiece

UPLOAD = "admin:viber_messaging_recipient_import"
PEOPLE = [("Телефон", "Ім'я", "Місто"), ("097 123-45-67", "Олена", "Київ"), ("0501234567", "Ігор", "Львів")]


@pytest.fixture
def importer(log_in: Callable[..., Client]) -> Client:
    return log_in("import_recipient", "view_recipient")


def upload(client: Client, rows: Any = PEOPLE, name: str = "people.xlsx", **fields: Any) -> Any:
    file = files.workbook(rows) if isinstance(rows, list) else rows
    return client.post(reverse(UPLOAD), {"file": named(file, name), **fields})


def named(file: io.BytesIO, name: str) -> io.BytesIO:
    file.seek(0)
    file.name = name
    return file


def test_a_spreadsheet_is_shown_before_anything_is_written(importer):
    answer = upload(importer)
    page = importer.get(answer.url).content.decode()
    assert "+380971234567" in page
    assert "Import 2 recipients" in page
    assert not Recipient.objects.exists()


def test_what_was_shown_is_imported_into_a_new_group(importer):
    answer = upload(importer, new_group="Spring")
    page = importer.post(answer.url, {"_import": "1"}, follow=True).content.decode()
    assert "Imported from people.xlsx. New: 2." in page
    assert [person.name for person in RecipientGroup.objects.get(name="Spring").recipients.order_by("pk")] == [
        "Олена",
        "Ігор",
    ]
    assert not StagedPiece.objects.exists()
