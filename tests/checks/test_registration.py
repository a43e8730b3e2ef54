"""All checks together: they are run, and they keep the key to themselves."""

from io import StringIO

import pytest
from django.core.checks.registry import registry
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.test import override_settings

from tests.checks.asking import KEY, RIGHT, ids_of, messages_of
from viber_messaging import checks


def test_right_settings_pass() -> None:
    assert ids_of(RIGHT, deployed=True) == []


@pytest.mark.django_db
def test_the_checks_are_bound_to_the_command() -> None:
    with override_settings(VIBER_MESSAGING=[]), pytest.raises(SystemCheckError, match=r"viber_messaging\.E001"):
        call_command("check", stderr=StringIO())


def test_all_checks_are_registered() -> None:
    registered = registry.get_checks(include_deployment_checks=True)
    assert {getattr(checks, name) for name in checks.__all__} <= set(registered)


def test_every_message_has_a_hint_with_a_link_and_hides_the_key() -> None:
    wrong = {"API_KEY": KEY + " ", "API_URL": f"http://{KEY}@gw.example/", "DISPATCH": KEY[:3], "X": KEY}
    found = messages_of(wrong | {"TIME_ZONE": "x", "DEFAULT_REGION": "x", "MAX_ATTEMPTS": 0}, deployed=True)
    assert len({message.id for message in found}) == 8
    assert all(f"checks.html#{str(message.id)[-4:].lower()}" in str(message.hint) for message in found)
    assert KEY not in repr(found)
