"""A person asks what became of the messages, and writes to several people at once."""

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from tests import doors
from tests.browser.looking import fits
from viber_messaging.models import Campaign, Message, RecipientGroup, Sender
from viber_messaging.sandbox import Sandbox

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LOOKS = [("uk", "light", 1280), ("uk", "dark", 360), ("en", "dark", 1280), ("en", "light", 360)]
SCREENSHOTS = os.environ.get("SCREENSHOTS", "")
CODES = {"delivered": 102, "read": 116, "undelivered": 105, "rejected": 202, "failed": None, "accepted": 1}


@pytest.fixture
def busy(gateway: Sandbox) -> Sandbox:
    """A site that has sent for a month, to two operators and abroad, and whose gateway complained just now."""
    spring = Campaign.objects.create(name="Весняний розпродаж квітів для постійних клієнтів", sender="Kvitka", text="Т")
    for name in ("Kvitka", "Taxi-838"):
        Sender.objects.create(name=name)
    now, states = timezone.now(), list(CODES)
    made = []
    for number in range(240):
        state = states[number % 7] if number % 7 < len(states) else "delivered"
        moment = now - timedelta(hours=3 * number)
        made.append(
            Message(
                sender="Kvitka" if number % 3 else "Taxi-838",
                phone=f"+38{'097' if number % 2 else '050'}1234{number:03}" if number % 9 else f"+48501234{number:03}",
                text="Вітаємо",
                state=state,
                status_code=CODES[state],
                campaign=spring if number % 4 else None,
                created_at=moment,
                accepted_at=moment,
                completed_at=moment + timedelta(seconds=20 + number % 90),
            )
        )
    Message.objects.bulk_create(made)
    Message.objects.create(sender="Kvitka", phone="+380671112233", text="Чекає")
    gateway.fail_all("error-210")
    doors.work()
    return gateway


@pytest.fixture
def look(request: Any) -> Callable[[Any, str], None]:
    """Assert that a page fits its window; leave a picture of it where asked to."""

    def check(page: Any, name: str) -> None:
        assert fits(page), name
        if SCREENSHOTS:
            page.screenshot(path=Path(SCREENSHOTS) / f"{name}-{request.node.callspec.id}.png", full_page=True)

    return check


@pytest.mark.parametrize(("language", "scheme", "width"), LOOKS)
def test_the_report_is_reached_read_narrowed_and_made_a_group(
    busy: Sandbox, open_admin: Any, look: Any, language: str, scheme: str, width: int
):
    page = open_admin("viber_messaging/", language=language, scheme=scheme, width=width)
    look(page, "dashboard")
    page.click("a[href$='/message/report/']")
    look(page, "report")
    assert "Vodafone" in page.inner_text(".viber-columns")
    page.select_option("#viber-report-sender", "Taxi-838")
    page.click(".viber-period button")
    assert "Kvitka" not in page.inner_text(".viber-columns")
    with page.expect_download() as download:
        page.click("a[href$='as=xlsx']")
    assert Path(download.value.path()).stat().st_size > 1000
    page.fill("#viber-group-name", "Не дійшло")
    page.click(".viber-take form:last-of-type button")
    look(page, "report-group")
    assert "Не дійшло" in page.inner_text(".messagelist")
    assert RecipientGroup.objects.get().recipients.count() > 10


@pytest.mark.parametrize(("language", "scheme", "width"), LOOKS)
def test_several_numbers_get_a_message_each_after_a_question(
    gateway: Sandbox,
    configure: Callable[..., None],
    open_admin: Any,
    look: Any,
    language: str,
    scheme: str,
    width: int,
):
    configure(DISPATCH="inline")
    Sender.objects.create(name="Kvitka")
    page = open_admin("viber_messaging/message/add/", language=language, scheme=scheme, width=width)
    page.fill("#id_phone", "097 123-45-67, 12345")
    page.fill("#id_text", "Вітаємо *усіх*!\nДо зустрічі")
    page.click("[name=_send]")
    look(page, "several-wrong")
    assert "12345" in page.inner_text(".field-phone .errorlist")
    page.fill("#id_phone", "097 123-45-67, 050 123-45-67; 0631234567")
    page.click("[name=_send]")
    look(page, "several-asked")
    page.click("[name=_edit]")
    assert page.input_value("#id_text") == "Вітаємо *усіх*!\nДо зустрічі"
    page.click("[name=_send]")
    page.click("[name=_send]")
    look(page, "several-sent")
    assert sorted(message.phone for message in gateway.accepted.values()) == [
        "+380501234567",
        "+380631234567",
        "+380971234567",
    ]
    assert Message.objects.count() == 3
