"""Hostile addresses and forms: every URL of ours, every name that it reads, every value. Never an error of the server.

The URLs are those that the admins have and the names those that a page was seen to read, so none is left out.
"""

from collections.abc import Iterator, Mapping
from itertools import cycle
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from tests.admin.site.access import ACTIONS, DOORS, EDITED, POSTED, READ
from tests.admin.site.hostile import LOOKUPS, VALUES, encoded, names_read
from tests.admin.site.test_matrix import client_of, names, objects, our_admins, url_of
from tests.doors import TransactionOpen

__all__ = ["objects"]

pytestmark = pytest.mark.exhaustive

Fields = Mapping[str, Any]

DAYS = {"first": "2026-01-01", "last": "2026-01-31", "as": ""}
RIGHT: Mapping[str, Fields] = {
    **POSTED,
    "message_report": DAYS,
    "message_report_messages": {**DAYS, "who": "all", "format": "csv"},
    "message_report_group": {**DAYS, "who": "all", "name": "Of a report"},
    "message_preview": POSTED["message_add"],
    "campaign_preview": POSTED["campaign_add"],
    **{f"{model}_export": {"format": "csv"} for model in ("message", "recipient", "campaign")},
}
"""What makes a page read the rest of its names: a form that is right otherwise."""


@pytest.fixture
def client(objects: dict[str, Any]) -> Client:
    client = client_of("superuser")
    client.raise_request_exception = False
    return client


def ask(client: Client, method: str, url: str, fields: Fields) -> Any:
    """Send the fields, look at the answer, and put the database back."""
    with transaction.atomic():
        if method == "GET":
            response: Any = client.get(url, QUERY_STRING=encoded(fields))
        else:
            response = client.post(url, encoded(fields), content_type="application/x-www-form-urlencoded")
        response.close()
        transaction.set_rollback(True)
    return response


def forms_of(name: str, objects: Mapping[str, Any]) -> Iterator[Fields]:
    """Return what is right for a page, once for each thing that it does."""
    model, _, page = name.partition("_")
    yield RIGHT.get(name, {})
    if page == "changelist":
        for action in (key.partition(".")[2] for key in ACTIONS if key.startswith(f"{model}.")):
            yield {"action": action, "_selected_action": objects[model].pk, "index": "0", "_confirm": "1000"}


def names_of(client: Client, method: str, name: str, url: str, right: Fields) -> list[str]:
    """Return the names that a page reads; on an add page also those of its model's fields, which it goes through."""
    with names_read() as read:
        ask(client, method, url, right)
    if method == "POST" and name.endswith("_changelist"):
        with names_read() as of_the_list:
            ask(client, "GET", url, {})
        read -= of_the_list
    return sorted({*read, "__class__", *(_fields_of(name) if method == "GET" and name.endswith("_add") else ())})


def _fields_of(name: str) -> list[str]:
    return [field.name for field in our_admins()[name.partition("_")[0]].opts.get_fields()]


def attacks(method: str, name: str, known: list[str], right: Fields) -> Iterator[Fields]:
    """Return all names with each value; and each with each, alone where one refusal would hide the others."""
    values = list(VALUES.values())
    yield from ({**right, **dict.fromkeys(known, value)} for value in values)
    if method == "POST" or name.endswith("_changelist"):
        yield from ({**right, one: value} for one in known for value in values)
    else:
        turned = (values[shift:] + values[:shift] for shift in range(len(values)))
        yield from ({**right, **dict(zip(known, cycle(some), strict=False))} for some in turned)
    if method == "GET" and name.endswith("_changelist"):
        yield from ({f"{field}{lookup}": "["} for field in _fields_of(name) for lookup in LOOKUPS)


def broken(client: Client, method: str, url: str, fields: Fields) -> str:
    """Return what an attack broke; an empty text where nothing."""
    response = ask(client, method, url, fields)
    if response.status_code < 500:
        return ""
    error = response.exc_info[1] if response.exc_info else response.status_code
    if isinstance(error, TransactionOpen):  # It would send now, but for the transaction that puts the database back.
        return ""
    return f"{method} {url} {dict(fields)!s:.200}: {error!r:.200}"


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("model", [*EDITED, *READ])
def test_no_address_and_no_form_breaks_a_page(client: Client, objects: dict[str, Any], model: str, method: str):
    found = []
    for name in (name for name in names() if name.partition("_")[0] == model):
        url = url_of(name, objects)
        for right in forms_of(name, objects) if method == "POST" else [RIGHT.get(name, {})]:
            known = names_of(client, method, name, url, right)
            found += filter(
                None, [broken(client, method, url, fields) for fields in attacks(method, name, known, right)]
            )
    assert list(filter(None, found)) == []


def test_no_key_in_an_address_breaks_a_page(client: Client, objects: dict[str, Any]):
    found = []
    for name in DOORS:
        url = url_of(name, objects)
        own = f"/{objects[name.partition('_')[0]].pk}/"
        for value in VALUES.values():
            if own in url and 0 < len(value) < 1000:
                _, _, path = encoded({"": value}).partition("=")
                found.append(broken(client, "GET", url.replace(own, f"/{path}/"), {}))
    assert list(filter(None, found)) == []
