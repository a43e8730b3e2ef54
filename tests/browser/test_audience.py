"""A person keeps the black list and the groups."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.looking import fits
from viber_messaging.models import ConsentChange, Recipient, RecipientGroup
from viber_messaging.sandbox import Sandbox

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LOOKS = [("uk", "light", 1280), ("uk", "dark", 360), ("en", "dark", 1280), ("en", "light", 360)]
NUMBERS = "097 123-45-67\n050 123 45 67; 0501234567\nОлена\n" + "x" * 200


def press(page: Any, selector: str) -> None:
    """Press what leads to another page, and wait for that page."""
    with page.expect_navigation():
        page.click(selector)


@pytest.mark.parametrize(("language", "scheme", "width"), LOOKS)
def test_a_black_list_is_pasted_looked_at_and_confirmed(
    gateway: Sandbox, open_admin: Callable[..., Any], language: str, scheme: str, width: int
):
    page = open_admin("viber_messaging/recipient/opt-out-list/", language=language, scheme=scheme, width=width)
    page.fill("#id_numbers", NUMBERS)
    press(page, ".submit-row .default")
    assert page.locator(".viber-given").count() == 2
    assert not ConsentChange.objects.exists()
    assert fits(page)
    press(page, "[name=_edit]")
    assert page.input_value("#id_numbers") == NUMBERS
    press(page, ".submit-row .default")
    press(page, "[name=_confirm]")
    assert Recipient.objects.exclude(opted_out_at=None).count() == 2
    assert page.locator(".messagelist li:visible").count() == 2


def test_someone_who_asks_for_messages_again_is_opted_in(gateway: Sandbox, open_admin: Callable[..., Any]):
    person = Recipient.objects.create(phone="+380971234567", name="Тарас")
    page = open_admin(f"viber_messaging/recipient/{person.pk}/change/", width=360)
    press(page, "[name=opt_out]")
    assert page.locator(".viber-opted-out").count() == 1
    press(page, "[name=opt_in]")
    assert page.locator(".viber-opted-in").count() == 1
    assert fits(page)
    person.refresh_from_db()
    assert person.opted_out_at is None


def test_groups_are_filled_copied_and_merged(gateway: Sandbox, open_admin: Callable[..., Any]):
    group = RecipientGroup.objects.create(name="Київ")
    page = open_admin(f"viber_messaging/recipientgroup/{group.pk}/change/")
    press(page, "text=Add numbers")
    page.fill("#id_numbers", NUMBERS)
    press(page, ".submit-row .default")
    press(page, "[name=_confirm]")
    press(page, "text=Київ >> nth=-1")
    press(page, ".object-tools >> text=Copy")
    press(page, ".submit-row .default")
    assert RecipientGroup.objects.count() == 2
    page.check("#action-toggle")
    page.select_option("[name=action]", "merge_selected")
    press(page, "[name=index]")
    page.check(f"[name=into][value='{group.pk}']")
    press(page, ".submit-row .default")
    assert list(RecipientGroup.objects.all()) == [group]
    assert group.recipients.count() == 2


def test_attributes_are_written_in_rows_that_are_added_and_removed(gateway: Sandbox, open_admin: Callable[..., Any]):
    person = Recipient.objects.create(phone="+380971234567", attributes={"Місто": "Київ", "orders": 3, "old": "x"})
    page = open_admin(f"viber_messaging/recipient/{person.pk}/change/", width=360)
    assert fits(page)
    rows = page.locator(".viber-attributes tbody tr")
    assert rows.count() == 6
    rows.nth(2).locator(".viber-remove").click()
    for number in range(4):
        if number > 2:
            page.click(".viber-attributes .viber-link")
        rows.nth(2 + number).locator("input").nth(0).fill(f"new {number}")
        rows.nth(2 + number).locator("input").nth(1).fill(str(number))
    press(page, "[name=_continue]")
    person.refresh_from_db()
    added = {f"new {number}": str(number) for number in range(4)}
    assert person.attributes == {"Місто": "Київ", "orders": 3, **added}
    for _row in range(rows.count()):
        rows.nth(0).locator(".viber-remove").click()
    press(page, "[name=_continue]")
    person.refresh_from_db()
    assert person.attributes == {}
