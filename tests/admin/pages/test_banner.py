"""What stands on every page while the gateway cannot be used."""

from html import unescape

import pytest
from django.urls import reverse, reverse_lazy

from tests import doors
from tests.admin.page import page_of
from tests.doors import OTHER_ACCOUNT
from viber_messaging.models import Connection, Message
from viber_messaging.states import MessageState

DASHBOARD = reverse_lazy("admin:app_list", args=["viber_messaging"])
TRY = "admin:viber_messaging_message_try_now"
PAGES = [
    f"admin:viber_messaging_{noun}_{page}"
    for noun, pages in {
        "message": ("changelist", "add", "import", "export", "report"),
        "campaign": ("changelist", "add"),
        "sender": ("changelist", "add"),
        "recipient": ("changelist", "add", "import", "export", "opt_out_list"),
        "recipientgroup": ("changelist", "add"),
        "sendattempt": ("changelist",),
        "consentchange": ("changelist", "import"),
    }.items()
    for page in pages
]
FORM, LIST, REPORT = (
    f"admin:viber_messaging_{name}" for name in ("message_add", "recipient_changelist", "message_report")
)
SOME_PAGES = [
    FORM,
    LIST,
    REPORT,
    *(pytest.param(page, marks=pytest.mark.exhaustive) for page in PAGES if page not in {FORM, LIST, REPORT}),
]
"""A form, a list and a page of our own; in CI every page, for what one template says wherever it stands."""


def read(client, page):
    return unescape(page_of(client, reverse(page)))


@pytest.mark.parametrize("page", SOME_PAGES)
def test_while_all_is_well_there_is_no_banner(admin_client, page):
    assert "viber-banner" not in read(admin_client, page)


@pytest.mark.parametrize("page", PAGES)
def test_a_missing_key_is_told_on_every_page(admin_client, configure, page):
    configure(API_KEY="")
    assert "Nothing can be sent: the settings are invalid." in read(admin_client, page)


def test_messages_that_wait_for_a_decision_are_told_to_who_may_decide(admin_client, make_message, configure):
    configure(DISPATCH="worker")
    doors.see_worker()
    for _number in range(2):
        make_message(state="unconfirmed", error=OTHER_ACCOUNT)
    text = read(admin_client, "admin:viber_messaging_message_changelist")
    assert "2 messages may have been sent, and wait for your decision." in text
    assert "?kind=undecided" in text
    assert "2 wait for a person to decide" in unescape(admin_client.get(DASHBOARD).content.decode())


@pytest.mark.parametrize("page", PAGES)
def test_a_site_that_only_reaches_some_phones_says_so(admin_client, configure, page):
    configure(ONLY_PHONES=["+38097"])
    text = read(admin_client, page)
    assert "This site only reaches the phones in its setting ONLY_PHONES." in text
    assert "+38097" not in text


def test_without_a_key_the_send_button_is_off(admin_client, configure):
    configure(API_KEY="")
    page = read(admin_client, "admin:viber_messaging_message_add")
    assert 'name="_send" disabled' in page


@pytest.mark.parametrize("page", SOME_PAGES)
def test_a_wrong_key_is_told_on_the_next_page(admin_client, make_message, inline, configure, page):
    configure(API_KEY="wrong")
    make_message()
    text = read(admin_client, page)
    assert "Sending is paused." in text
    assert "202: The gateway does not know the API key. Ask your developers to compare API_KEY" in text
    assert "1 message is waiting; it is not lost." in text
    assert "Try now" in text


def test_the_key_itself_is_never_shown(admin_client, make_message, inline, configure):
    configure(API_KEY="canary-wrong-key")
    make_message()
    for page in PAGES:
        assert "canary" not in read(admin_client, page)


def test_a_new_key_takes_the_banner_away(admin_client, make_message, inline, configure):
    configure(API_KEY="wrong")
    make_message()
    configure(API_KEY=inline.key)
    assert "viber-banner" not in read(admin_client, PAGES[0])


def test_try_now_sends_what_waits(staff, make_message, inline):
    inline.fail_next("error-202")
    message = make_message()
    assert message.state == MessageState.QUEUED
    response = staff.post(reverse(TRY), {"here": reverse(PAGES[0])}, follow=True)
    assert Message.objects.get().state == MessageState.ACCEPTED
    page = response.content.decode()
    assert "The gateway answers. No messages are waiting." in page
    assert "viber-banner" not in page


def test_try_now_tells_that_it_is_still_wrong(staff, make_message, inline, configure):
    configure(API_KEY="wrong")
    make_message()
    page = staff.post(reverse(TRY), {"here": reverse(PAGES[0])}, follow=True).content.decode()
    assert "202: The gateway does not know the API key." in page
    assert Connection.objects.get().paused_until is not None


def test_try_now_with_a_worker_leaves_the_sending_to_it(staff, make_message, gateway):
    doors.see_worker()
    make_message()
    page = staff.post(reverse(TRY), {"here": reverse(PAGES[0])}, follow=True).content.decode()
    assert "The gateway answers. 1 message is still waiting and will be sent automatically." in page


def test_try_now_does_nothing_on_get(staff, gateway):
    assert staff.get(reverse(TRY)).status_code == 405
    assert gateway.request_count == 0


@pytest.mark.parametrize("here", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", ""])
def test_try_now_leads_to_no_other_site(staff, gateway, here):
    assert staff.post(reverse(TRY), {"here": here}).url == reverse("admin:index")


def test_who_may_not_send_sees_the_banner_without_the_button(log_in, make_message, inline, configure):
    configure(API_KEY="wrong")
    make_message()
    page = read(log_in("view_message"), PAGES[0])
    assert "Sending is paused." in page
    assert "Try now" not in page


def test_a_hiccup_is_told_more_quietly(admin_client, make_message, inline):
    inline.fail_next("lost-answer", command="message-viber")
    inline.fail_next("garbage", command="status")
    make_message()
    assert not doors.connection_state().is_paused(Message.objects.get().created_at)
    assert "viber-banner-warns" in read(admin_client, PAGES[0])
