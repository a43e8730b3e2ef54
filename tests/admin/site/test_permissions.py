"""What a role means for the pages of messages; ``test_matrix`` has every URL and action, for everyone."""

import pytest
from django.urls import reverse

from tests.admin.conftest import change_url
from viber_messaging.models import Message

PERMISSIONS = {
    "nothing": (),
    "view": ("view_message",),
    "change": ("view_message", "add_message", "change_message", "delete_message"),
    "send": ("view_message", "add_message", "change_message", "delete_message", "send_message"),
}


@pytest.fixture
def message(make_message, sender):
    return make_message(state="draft")


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        ("nothing", {"list": 403, "add": 403, "page": 403, "save": 403, "send": 403, "try": 403}),
        ("view", {"list": 200, "add": 403, "page": 200, "save": 403, "send": 403, "try": 403}),
        ("change", {"list": 200, "add": 200, "page": 200, "save": 302, "send": 403, "try": 403}),
        ("send", {"list": 200, "add": 200, "page": 200, "save": 302, "send": 302, "try": 302}),
    ],
)
def test_the_matrix_of_messages(log_in, message, form, gateway, role, expected):
    client = log_in(*PERMISSIONS[role])
    name = "admin:viber_messaging_message_"
    answers = {
        "list": client.get(reverse(f"{name}changelist")),
        "add": client.get(reverse(f"{name}add")),
        "page": client.get(change_url(message)),
        "save": client.post(change_url(message), form(_save="1")),
        "send": client.post(change_url(message), form(_send="1")),
        "try": client.post(reverse(f"{name}try_now")),
    }
    assert {key: answer.status_code for key, answer in answers.items()} == expected


@pytest.mark.parametrize(("role", "shown"), [("change", False), ("send", True)])
def test_the_send_button_is_shown_to_those_who_may(log_in, message, role, shown):
    page = log_in(*PERMISSIONS[role]).get(change_url(message)).content.decode()
    assert ('name="_send"' in page) is shown
    assert 'name="_save"' in page


def test_without_the_permission_a_new_message_stays_unsent(log_in, sender, form, inline):
    client = log_in(*PERMISSIONS["change"])
    response = client.post(reverse("admin:viber_messaging_message_add"), form(_send="1"))
    assert response.status_code == 403
    assert not Message.objects.exists()
