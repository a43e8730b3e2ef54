"""All pages write a moment in one form, in the reader's language and time zone."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.contrib import admin
from django.db.models import DateTimeField
from django.utils import timezone, translation

import viber_messaging
from viber_messaging.admin.pages.dates import date_and_time, moment_of
from viber_messaging.models import Campaign

TEMPLATES = Path(viber_messaging.__file__).parent / "templates"
OTHER_FORM = re.compile(r"""\|(?:date|time)(?!:["'](?:SHORT_DATE_FORMAT|H:i|H:i:s|j E|c|Y-m-d)["'])\b""")
"""A day and a time to the minute or second; the axis of the chart has room for a day and a month, and machines read
the last two."""
ADMINS = [one for model, one in admin.site._registry.items() if model._meta.app_label == "viber_messaging"]
MOMENT = datetime(2026, 11, 28, 8, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "written"), [("uk", "28.11.2026 10:05"), ("en", "11/28/2026 10:05"), ("de", "28.11.2026 10:05")]
)
def test_a_moment_is_written_in_the_readers_language_and_zone(language: str, written: str):
    with translation.override(language), timezone.override("Europe/Kyiv"):
        assert date_and_time(MOMENT) == written
        assert moment_of(Campaign, "start_at")(Campaign(start_at=MOMENT)) == written


def test_a_missing_moment_is_left_to_the_admin():
    assert moment_of(Campaign, "start_at")(Campaign()) is None


@pytest.mark.parametrize("one", ADMINS, ids=lambda one: type(one).__name__)
def test_no_list_and_no_read_only_field_leaves_a_moment_to_django(one: admin.ModelAdmin):
    moments = {field.name for field in one.model._meta.get_fields() if isinstance(field, DateTimeField)}
    named = {*one.list_display, *one.readonly_fields, *(one.fields or ())}
    assert moments.isdisjoint(named), "Show it with `moment_of`."


@pytest.mark.parametrize("template", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: path.name)
def test_no_template_has_another_form(template: Path):
    assert not OTHER_FORM.findall(template.read_text(encoding="utf-8"))
