"""A person's right to see what is kept of them: everything, and nothing of others."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db.models import Field, ManyToManyField

from tests.delivery.people.test_erasure import CANARIES, OTHER, PHONE, person
from viber_messaging.api import export_person, opt_out
from viber_messaging.delivery.people.personal_data import EXPORTED, WITHOUT
from viber_messaging.models import Campaign, Message, Recipient

__all__ = ["person"]
PAGE = (Path(__file__).parents[3] / "docs" / "howto" / "personal-data.md").read_text(encoding="utf-8")


def test_every_field_is_told_or_has_a_reason_why_not():
    """A new field makes this fail, so that somebody decides; erasing asks the same of messages."""
    for model in apps.get_app_config("viber_messaging").get_models():
        reasons = WITHOUT.get(model, {})
        if isinstance(reasons, str):
            assert model not in EXPORTED
            continue
        fields = [one for one in model._meta.get_fields() if isinstance(one, Field | ManyToManyField)]
        assert {field.name for field in fields} == {*EXPORTED[model], *reasons}, model
        assert len(fields) == len(EXPORTED[model]) + len(reasons)


def test_the_page_on_personal_data_names_every_place():
    for model in apps.get_app_config("viber_messaging").get_models():
        assert f"`{model.__name__}`" in PAGE, model


def test_a_person_is_told_all_that_every_table_knows(person: Recipient, capsys: pytest.CaptureFixture[str]):
    opt_out(PHONE, source="by phone")
    call_command("viber_export_person", "097 123-45-67")
    told: Any = json.loads(capsys.readouterr().out)
    assert told["phone"] == PHONE
    [recipient] = told["recipients"]
    assert (recipient["name"], recipient["attributes"], recipient["groups"]) == (
        person.name,
        person.attributes,
        ["Spring"],
    )
    assert [change["source"] for change in told["consent_changes"]] == ["by phone"]
    sent, draft = told["messages"]
    assert (sent["text"], sent["metadata"], sent["state"]) == ("canary", {"order": "canary"}, "accepted")
    assert sent["attempts"][0]["reply"] == "canary"
    assert draft["state"] == "draft"
    assert told["log_entries"][0]["change_message"] == "canary"
    assert OTHER not in json.dumps(told)


def test_what_was_sent_to_an_old_phone_is_told_too(person: Recipient):
    campaign = Campaign.objects.create(name="Spring sale", sender="SMSTest", text="Hello")
    Message.objects.filter(phone=PHONE, state="accepted").update(recipient=person, campaign=campaign)
    person.phone = "+380931112233"
    person.save()
    told = export_person("+380931112233")
    assert {message["phone"] for message in told["messages"]} == {PHONE}
    assert {message["campaign"] for message in told["messages"]} == {"Spring sale", None}


def test_of_a_stranger_there_is_nothing_and_a_wrong_phone_is_told(person: Recipient):
    told = export_person("+380931112233")
    assert not any(canary in str(told) for canary in CANARIES)
    with pytest.raises(CommandError, match="too short"):
        call_command("viber_export_person", "12")
