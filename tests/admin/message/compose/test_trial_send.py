"""*Send me a test*: a copy of the draft, to one's own phone."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.admin.conftest import change_url
from tests.admin.page import shown
from viber_messaging.models import Message, Sender
from viber_messaging.sandbox import Sandbox

ADD = "admin:viber_messaging_message_add"


@pytest.fixture
def fill(form: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    def fill(**fields: Any) -> dict[str, Any]:
        return form(_test="1", trial_phone="050 111 22 33", ticket="a-ticket", **fields)

    return fill


def page_after(client: Client, url: str, data: dict[str, Any]) -> str:
    return shown(client.post(url, data, follow=True))


def test_the_draft_is_kept_and_a_copy_goes_to_one_s_own_phone(
    inline: Sandbox, staff: Client, sender: Sender, fill: Callable[..., dict[str, Any]]
):
    page = page_after(staff, reverse(ADD), fill())
    states = dict(Message.objects.values_list("phone", "state"))
    assert states == {"+380971234567": "draft", "+380501112233": "accepted"}
    assert [message.phone for message in inline.accepted.values()] == ["+380501112233"]
    assert "The draft is saved. Test to +380501112233: Accepted by the gateway" in page
    assert "Nothing was sent" not in page


def test_the_phone_is_remembered_by_the_browser_and_not_by_the_server(
    inline: Sandbox, staff: Client, draft: Message, fill: Callable[..., dict[str, Any]]
):
    page_after(staff, change_url(draft), fill())
    page = staff.get(reverse(ADD)).content.decode()
    assert 'data-viber-remembered="trial-phone"' in page
    assert "501112233" not in f"{page} {dict(staff.session)}"


@pytest.mark.parametrize("times", [2, 3])
def test_a_double_click_sends_one_test(
    inline: Sandbox, staff: Client, draft: Message, fill: Callable[..., dict[str, Any]], times: int
):
    for _ in range(times):
        page = page_after(staff, change_url(draft), fill())
    assert "already sent" in page
    assert len(inline.accepted) == 1


def test_a_wrong_phone_is_told_and_the_draft_is_kept(
    inline: Sandbox, staff: Client, sender: Sender, fill: Callable[..., dict[str, Any]]
):
    page = page_after(staff, reverse(ADD), fill() | {"trial_phone": "044 123-45-67"})
    assert "The draft is saved, but no test was sent. This is a landline" in page
    assert Message.objects.get().state == "draft"
    assert inline.request_count == 0


def test_a_draft_with_a_mistake_sends_no_test(
    inline: Sandbox, staff: Client, sender: Sender, fill: Callable[..., dict[str, Any]]
):
    page_after(staff, reverse(ADD), fill(text=""))
    assert not Message.objects.exists()


def test_a_test_needs_the_permission_to_send(
    log_in: Callable[..., Client], draft: Message, fill: Callable[..., dict[str, Any]]
):
    writer = log_in("view_message", "change_message", name="writer")
    assert writer.post(change_url(draft), fill()).status_code == 403
    assert "_test" not in writer.get(change_url(draft)).content.decode()
    assert Message.objects.count() == 1
