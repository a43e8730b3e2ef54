"""A member of staff with a spreadsheet."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.spreadsheets import files

PEOPLE = [("Телефон", "Ім'я", "Місто"), ("097 123-45-67", "Олена", "Київ"), ("0501234567", "Ігор", "Львів")]
PARTLY_WRONG = [*PEOPLE, ("044 123-45-67", "Рада", "Київ"), ("3.80971E+11", "Марко", "Суми")]

PAGES = ("import_preview", "import_columns", "import_wrong")


def url_of(page: str, token: str = "", subject: str = "recipient") -> str:
    """Return the address of a page of the import."""
    return reverse(f"admin:viber_messaging_{subject}_{page}", args=[token] if token else [])


def upload(
    client: Client, rows: Any = None, name: str = "people.xlsx", subject: str = "recipient", **fields: Any
) -> Any:
    """Upload rows, or a file, and return the answer."""
    file = rows if isinstance(rows, io.BytesIO) else files.workbook(rows or PEOPLE)
    file.seek(0)
    file.name = name
    return client.post(url_of("import", subject=subject), {"file": file, **fields})


def page_after(client: Client, answer: Any) -> str:
    """Return the page that an answer leads to."""
    assert answer.status_code == 302, answer.content.decode()
    return client.get(answer.url).content.decode()


def press(client: Client, answer: Any, button: str = "_import") -> str:
    """Press a button of the preview that ``answer`` leads to; return the page after it."""
    return client.post(answer.url, {button: "1"}, follow=True).content.decode()


@pytest.fixture
def importer(log_in: Callable[..., Client]) -> Client:
    """Someone who may import people and messages."""
    return log_in("import_recipient", "view_recipient", "add_recipientgroup", "add_message", "view_message")
