"""A session that ends while somebody writes: nothing is lost, and nothing is sent by itself."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from tests.admin.conftest import change_url
from viber_messaging.admin import keeping
from viber_messaging.models import Campaign, Message, RecipientGroup
from viber_messaging.models.campaign import TEMPLATE_MAX_LENGTH

ADD = "admin:viber_messaging_message_add"


def end_session(client: Client) -> None:
    client.session.flush()


def log_in(client: Client, page: Any) -> Any:
    """Follow the way that a page leads to: to the login, and from there back."""
    User.objects.filter(username="olena").update(is_superuser=True)
    olena = User.objects.get(username="olena")
    olena.set_password("secret-7")
    olena.save()
    return client.post(page["Location"], {"username": "olena", "password": "secret-7"}, follow=True)


def test_what_was_written_stands_in_the_form_after_the_login(staff, sender, form, inline):
    end_session(staff)
    page = log_in(staff, staff.post(reverse(ADD), form(text="Знижка до неділі", _send="1")))
    text = page.content.decode()
    assert "You had to log in again." in text
    assert "Знижка до неділі</textarea>" in text
    assert 'value="+380971234567"' in text or 'value="097 123-45-67"' in text
    assert not Message.objects.exists()
    assert inline.request_count == 0


def test_it_is_shown_once(staff, sender, form, inline):
    end_session(staff)
    log_in(staff, staff.post(reverse(ADD), form(text="Знижка до неділі", _send="1")))
    assert "Знижка" not in staff.get(reverse(ADD)).content.decode()


def test_changes_of_a_draft_are_kept_too(staff, draft, form, inline):
    end_session(staff)
    page = log_in(staff, staff.post(change_url(draft), form(text="Нове", _save="1")))
    assert "Нове</textarea>" in page.content.decode()
    draft.refresh_from_db()
    assert draft.text != "Нове"


def test_a_campaign_keeps_its_groups(staff, sender, inline):
    group = RecipientGroup.objects.create(name="Весна")
    url = reverse("admin:viber_messaging_campaign_add")
    end_session(staff)
    page = log_in(staff, staff.post(url, {"name": "Акція", "groups": [group.pk], "text": "Вітаємо"}))
    shown = page.context["adminform"].form
    assert shown["name"].value() == "Акція"
    assert shown["groups"].value() == [str(group.pk)]
    assert not Campaign.objects.exists()


def test_the_longest_text_of_a_campaign_is_kept(staff, sender, inline):
    url, text = reverse("admin:viber_messaging_campaign_add"), "ї" * TEMPLATE_MAX_LENGTH
    end_session(staff)
    page = log_in(staff, staff.post(url, {"name": "Акція", "text": text}))
    assert page.context["adminform"].form["text"].value() == text


@pytest.mark.parametrize("seconds", [keeping.KEPT_SECONDS + 1])
def test_it_is_forgotten_after_an_hour(staff, sender, form, inline, clock, seconds):
    end_session(staff)
    refused = staff.post(reverse(ADD), form(text="Знижка до неділі", _send="1"))
    clock.shift(seconds)
    assert "Знижка" not in log_in(staff, refused).content.decode()


@pytest.mark.parametrize("fields", [{"text": "x" * keeping.LONGEST}, {}])
def test_strangers_and_floods_are_not_kept(client, staff, sender, form, inline, fields):
    writer = staff if fields else client
    if fields:
        end_session(staff)
    page = writer.post(reverse(ADD), form(**fields, _send="1"))
    assert page.status_code == 302
    assert keeping.KEY not in writer.session
