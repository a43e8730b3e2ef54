"""The page about uninstalling: its last command finds what an app that is gone has left behind."""

import re
from pathlib import Path

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command

PAGE = Path(__file__).parents[1] / "docs" / "howto" / "uninstall.md"


@pytest.mark.django_db
def test_the_content_types_of_an_app_that_is_gone_are_removed():
    (words,) = re.findall(r"manage\.py (remove_stale_contenttypes.*)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    ContentType.objects.create(app_label="viber_that_is_gone", model="message")
    call_command(*words.split(), "--no-input", verbosity=0)
    assert not ContentType.objects.filter(app_label="viber_that_is_gone").exists()
