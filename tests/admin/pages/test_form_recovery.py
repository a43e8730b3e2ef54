"""What is posted without a login is not kept on the server, with or without a session cookie."""

import re
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from tests.admin.conftest import change_url
from viber_messaging.models import Message

MARK = re.compile(r'data-user="(\w+)" data-login="(\w{64})"')


def mark_of(page: Any) -> tuple[str, str]:
    found = MARK.search(page.content.decode())
    assert found
    return found.group(1), found.group(2)


@pytest.mark.django_db
@pytest.mark.parametrize("cookie", ["", "f" * 32, "forged"])
@pytest.mark.parametrize(
    "page", ["admin:login", "admin:viber_messaging_message_add", "admin:viber_messaging_message_search"]
)
def test_a_post_without_a_login_writes_no_session(cookie: str, page: str):
    stranger = Client(enforce_csrf_checks=True)
    if cookie:
        stranger.cookies[settings.SESSION_COOKIE_NAME] = cookie
    token = re.search(
        r'name="csrfmiddlewaretoken" value="(\w+)"', stranger.get(reverse("admin:login")).content.decode()
    )
    assert token
    typed = {"csrfmiddlewaretoken": token.group(1), "text": "x" * 50_000, "phone": "+380971234567", "username": "a"}
    assert stranger.post(reverse(page), typed).status_code in (200, 302)
    assert not Session.objects.exists()


def test_a_refused_form_leads_to_the_login_and_leaves_nothing_behind(staff, sender, form, inline):
    staff.session.flush()
    page = staff.post(reverse("admin:viber_messaging_message_add"), form(text="Знижка до неділі", _send="1"))
    assert reverse("admin:login") in page["Location"]
    assert not Session.objects.exists()
    assert not Message.objects.exists()


def test_the_pages_of_one_login_bear_one_mark_and_another_login_another(staff, sender, draft):
    staff_user = User.objects.get()
    list_url = reverse("admin:viber_messaging_message_changelist")
    first = mark_of(staff.get(change_url(draft)))
    assert first == mark_of(staff.get(list_url))
    assert first[0] == str(staff_user.pk)
    staff_user.set_password("secret-7")
    staff_user.save()
    staff.post(reverse("admin:login"), {"username": staff_user.get_username(), "password": "secret-7"})
    second = mark_of(staff.get(list_url))
    assert second[0] == first[0]
    assert second[1] != first[1]
