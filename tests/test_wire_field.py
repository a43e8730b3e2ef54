"""A field of the wire is declared in the places that CONTRIBUTING names; all other lists of fields follow from them."""

import inspect
import io
from collections.abc import Callable, Collection
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from django.utils.translation import override

from tests import doors
from tests.delivery.campaign.test_campaign_content import FIELDS, content
from tests.spreadsheets import files
from viber_messaging import api
from viber_messaging.admin.campaign.admin import CampaignAdmin
from viber_messaging.admin.campaign.form import CampaignForm
from viber_messaging.admin.imports.forms import ROLE_LABELS
from viber_messaging.admin.message.admin import DRAFT_FIELDSETS
from viber_messaging.admin.message.compose.form import MessageForm
from viber_messaging.delivery.people.personal_data import MESSAGE
from viber_messaging.exports import MESSAGE_FIELDS, Format, export_messages, message_headings
from viber_messaging.gateway.entities import CONTENT_FIELDS, OPTIONAL_FIELDS
from viber_messaging.importing import stage_messages, write_messages
from viber_messaging.models import Message
from viber_messaging.models.campaign import FILLED_FIELDS
from viber_messaging.models.mixins.content import EXTRA_FIELDS, Content
from viber_messaging.models.save_rules import SENT_FIELDS
from viber_messaging.sandbox import Sandbox
from viber_messaging.sandbox.ledger.messages import AcceptedMessage
from viber_messaging.sandbox.wire import validation
from viber_messaging.spreadsheets import MESSAGE_ROLES, Role
from viber_messaging.spreadsheets.headings import HEADINGS, role_of

ROOT = Path(__file__).parents[1]


def in_fieldsets(fieldsets: Any) -> set[str]:
    """Return the fields that these fieldsets show."""
    return {name for _, options in fieldsets for name in options["fields"]}


PLACES: dict[str, Callable[[], Collection[str]]] = {
    "models/mixins/content.py: Content": lambda: [field.name for field in Content._meta.get_fields()],
    "models/mixins/content.py: EXTRA_FIELDS": lambda: ("sender", "type", "text", *EXTRA_FIELDS),
    "models/campaign.py: FILLED_FIELDS": lambda: ("sender", "type", *FILLED_FIELDS),
    "models/save_rules.py: SENT_FIELDS": lambda: SENT_FIELDS,
    "api.py: send_message": lambda: inspect.signature(api.send_message).parameters,
    "spreadsheets/headings.py: Role": lambda: set(map(str, MESSAGE_ROLES)),
    "spreadsheets/headings.py: HEADINGS": lambda: set(map(str, HEADINGS)),
    "exports.py: MESSAGE_FIELDS": lambda: MESSAGE_FIELDS,
    "delivery/people/personal_data.py: MESSAGE": lambda: MESSAGE,
    "sandbox/wire/validation.py: Content": lambda: [field.name for field in fields(validation.Content)],
    "sandbox/ledger/messages.py: AcceptedMessage": lambda: [field.name for field in fields(AcceptedMessage)],
    "admin/message/compose/form.py: MessageForm": lambda: MessageForm.base_fields,
    "admin/campaign/form.py: CampaignForm": lambda: CampaignForm.base_fields,
    "admin/message/admin.py: fieldsets": lambda: in_fieldsets(DRAFT_FIELDSETS),
    "admin/campaign/admin.py: fieldsets": lambda: in_fieldsets(CampaignAdmin.fieldsets),
    "admin/imports/forms.py: ROLE_LABELS": lambda: set(map(str, ROLE_LABELS)),
}
"""Where the content fields are listed or follow from a list: the file, and a way to read the names there."""

DECLARED_IN = (
    "viber_messaging/gateway/entities.py",
    "viber_messaging/models/mixins/content.py",
    "viber_messaging/api.py",
    "viber_messaging/spreadsheets/headings.py",
    "viber_messaging/sandbox/wire/validation.py",
)
"""The files in which somebody writes a new field; the migration and the catalogues come from commands."""


@pytest.mark.parametrize("place", PLACES)
def test_every_place_knows_every_content_field(place: str):
    missing = set(CONTENT_FIELDS) - set(PLACES[place]())
    assert not missing, f"viber_messaging/{place} does not have: {', '.join(sorted(missing))}."


def test_nothing_is_called_content_that_the_wire_does_not_carry():
    assert {field.name for field in Content._meta.get_fields()} == set(CONTENT_FIELDS)
    assert set(EXTRA_FIELDS) == set(OPTIONAL_FIELDS)
    assert {field.name for field in fields(validation.Content)} == {"phone", *CONTENT_FIELDS}


def test_contributing_names_the_files_of_a_new_field():
    written = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    for file in DECLARED_IN:
        assert f"`{file.removeprefix('viber_messaging/')}`" in written, f"CONTRIBUTING does not name {file}."


@pytest.mark.parametrize("language", ["en", "uk"])
def test_every_heading_of_an_export_is_known_to_the_import(language: str):
    with override(language):
        headings = dict(zip(MESSAGE_FIELDS, message_headings(), strict=True))
    for name in ("phone", *CONTENT_FIELDS, "scheduled_at"):
        assert role_of(headings[name], MESSAGE_ROLES) == name, f"Add '{headings[name]}' to HEADINGS."


@pytest.mark.parametrize("language", ["en", "uk"])
def test_every_field_travels_to_the_gateway_and_through_a_spreadsheet(gateway: Sandbox, language: str):
    message = api.send_message("+380971234567", **FIELDS)
    doors.work()
    assert content(message) == content(gateway.accepted[message.reference]) == FIELDS
    sheet = io.BytesIO()
    with override(language):
        export_messages(Message.objects.all(), sheet, Format.XLSX)
    table = files.read(sheet, roles=MESSAGE_ROLES, chosen={MESSAGE_FIELDS.index("phone"): Role.PHONE})
    write_messages(stage_messages(table, io.BytesIO(), {}))
    assert content(Message.objects.latest("pk")) == FIELDS
    assert Message.objects.count() == 2
