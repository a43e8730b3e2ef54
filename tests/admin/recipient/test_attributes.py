"""A recipient's attributes as rows: what is kept of what people and strangers type, and what keeps its type."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test import Client
from django.urls import reverse

from tests.admin.page import page_of, shown
from tests.admin.site.hostile import VALUES
from viber_messaging.admin.recipient.attributes.field import rows_of
from viber_messaging.models import Recipient

ADD = "admin:viber_messaging_recipient_add"
PHONE = "0971234567"
HALF = {"half": "\ud800"} if connection.vendor == "sqlite" else {}
"""Half a character, which servers refuse in JSON."""


def posted(*rows: tuple[str, str], **fields: Any) -> dict[str, Any]:
    """Return what the form posts for these rows of a name and a value."""
    found = {"phone": PHONE, "attributes": "", **fields}
    for number, (name, value) in enumerate(rows):
        found |= {f"attributes_name_{number}": name, f"attributes_value_{number}": value}
    return found


def url_of(recipient: Recipient) -> str:
    return reverse("admin:viber_messaging_recipient_change", args=[recipient.pk])


@pytest.fixture
def olena(db: None) -> Recipient:
    """Somebody with attributes of all kinds; some can only come from the site's code."""
    return Recipient.objects.create(
        phone="+380971234567",
        attributes={
            "Місто": "Київ", "orders": 3, "rate": 0.5, "vip": True, "gone": None, "card": "007", "note": "a\nb ",
            " spaced ": " x ", "tags": ["a", "b"], **HALF,
        },
    )  # fmt: skip


def rows_on(client: Client, recipient: Recipient) -> list[tuple[str, str]]:
    """Return the rows as the page shows them, with the line ends of a browser."""
    stored = client.get(url_of(recipient)).context["adminform"].form["attributes"].value()
    return [(name, value.replace("\n", "\r\n")) for name, value in rows_of(stored)]


def test_names_and_values_are_kept(admin_client: Client, db: None):
    admin_client.post(reverse(ADD), posted(("Місто", " Київ "), ("", " "), (" orders", "3"), ("empty", "")))
    assert Recipient.objects.get().attributes == {"Місто": "Київ", "orders": "3", "empty": ""}


def test_what_nobody_changed_keeps_its_type(admin_client: Client, olena: Recipient):
    before = olena.attributes
    admin_client.post(url_of(olena), posted(*rows_on(admin_client, olena), name="Олена"))
    olena.refresh_from_db()
    assert (olena.name, olena.attributes) == ("Олена", before)
    assert "Attributes" not in LogEntry.objects.get().get_change_message()


@pytest.mark.parametrize(
    ("name", "typed", "kept"),
    [
        ("orders", "4", 4), ("orders", "4.5", 4.5), ("orders", "many", "many"), ("orders", "1e999", "1e999"),
        ("orders", "NaN", "NaN"), ("orders", "9" * 5000, "9" * 5000), ("orders", "[1]", "[1]"), ("vip", "false", False),
        ("gone", "yes", "yes"), ("card", "008", "008"), ("Місто", "3", "3"),
    ],
)  # fmt: skip
def test_a_number_stays_one_and_a_text_becomes_none(
    admin_client: Client, olena: Recipient, name: str, typed: str, kept: Any
):
    admin_client.post(url_of(olena), posted(*{**dict(rows_on(admin_client, olena)), name: typed}.items()))
    olena.refresh_from_db()
    assert (olena.attributes[name], type(olena.attributes[name])) == (kept, type(kept))
    assert olena.attributes["tags"] == ["a", "b"]


def test_a_list_of_the_site_is_not_changed_by_a_text_but_may_be_removed(admin_client: Client, olena: Recipient):
    rows = dict(rows_on(admin_client, olena))
    page = shown(admin_client.post(url_of(olena), posted(*{**rows, "tags": "a"}.items(), name="Олена")))
    assert "“tags” is not a text" in page
    assert 'value="Олена"' in page
    del rows["tags"]
    admin_client.post(url_of(olena), posted(*rows.items()))
    olena.refresh_from_db()
    assert "tags" not in olena.attributes
    assert olena.attributes["orders"] == 3


def test_rows_are_removed_by_leaving_them_out(admin_client: Client, olena: Recipient):
    admin_client.post(url_of(olena), posted())
    olena.refresh_from_db()
    assert olena.attributes == {}


def test_a_form_without_the_rows_changes_no_attribute(admin_client: Client, olena: Recipient):
    before = olena.attributes
    admin_client.post(url_of(olena), {"phone": PHONE, "name": "Олена"})
    olena.refresh_from_db()
    assert (olena.name, olena.attributes) == ("Олена", before)


def test_what_the_site_stored_in_another_form_stays(admin_client: Client, olena: Recipient):
    Recipient.objects.update(attributes=[1, 2])
    admin_client.post(url_of(olena), posted(name="Олена"))
    olena.refresh_from_db()
    assert (olena.name, olena.attributes) == ("Олена", [1, 2])


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([("", "Київ")], "The value “Київ” has no name."),
        ([("a", "1"), (" a", "2"), ("b", "3")], "The name “a” is used twice."),
        ([("a", "x\x07")], "a character that cannot be sent (U+0007)"),
    ],
)
def test_wrong_rows_are_told_and_nothing_typed_is_lost(
    admin_client: Client, db: None, rows: list[tuple[str, str]], sentence: str
):
    page = unescape(shown(admin_client.post(reverse(ADD), posted(*rows, ("kept", "K<b>"), name="Оля"))))
    assert sentence in page
    for name, value in [*rows, ("kept", "K<b>")]:
        assert f'value="{name}"' in page
        assert f'value="{value}"' in page
    assert not Recipient.objects.exists()


@pytest.mark.parametrize("typed", VALUES.values(), ids=[*VALUES])
@pytest.mark.parametrize("place", [0, 1])
def test_whatever_is_typed_is_refused_in_the_form_or_kept(admin_client: Client, typed: str, place: int):
    text = typed.encode("utf-8", "replace").decode()
    page = admin_client.post(reverse(ADD), posted((text, "x") if place == 0 else ("x", text)))
    kept = Recipient.objects.first()
    assert page.status_code == 302 if kept else shown(page)
    assert kept is None or len(kept.attributes) == 1


@pytest.mark.parametrize("number", ["", "abc", "-1", "9" * 30, "²"])
def test_rows_with_wrong_numbers_are_not_read(admin_client: Client, number: str):
    data = {"phone": PHONE, "attributes": "", f"attributes_name_{number}": "a", f"attributes_value_{number}": "b"}
    admin_client.post(reverse(ADD), data)
    assert Recipient.objects.get().attributes == {}


def test_without_javascript_there_are_empty_rows(admin_client: Client, olena: Recipient):
    page = page_of(admin_client, url_of(olena))
    assert page.count('name="attributes_name_') == len(olena.attributes) + 3


def test_who_may_only_look_gets_no_inputs(log_in: Callable[..., Client], olena: Recipient):
    page = page_of(log_in("view_recipient"), url_of(olena))
    rows = re.split("<br>|</?div[^>]*>", page)  # a server may order them anew
    assert {"Місто: Київ", "orders: 3"} <= {row.strip() for row in rows}
    assert "attributes_name_" not in page
