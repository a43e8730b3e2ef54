"""A session that ends while somebody writes: nothing is lost, nothing is sent by itself, nobody else reads it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.sessions.models import Session

from tests.browser.pages import press
from viber_messaging.models import Campaign, Message, RecipientGroup
from viber_messaging.sandbox import Sandbox

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NOTICE = "#viber-typed"


def write(page: Any) -> None:
    page.select_option("#id_sender", "Kvitka")
    page.fill("#id_phone", "097 123-45-67")
    page.check("#id_type input[value=button]")
    page.fill("#id_text", "Знижка до неділі")
    page.fill("#id_button", "До крамниці")
    page.fill("#id_scheduled_at_0", "2030-05-06")
    page.fill("#id_scheduled_at_1", "10:30")


def log_in(page: Any, name: str = "staff") -> None:
    page.fill("#id_username", name)
    page.fill("#id_password", name)
    press(page, "[type=submit]")


def kept(page: Any) -> list[str]:
    return page.evaluate("Object.keys(sessionStorage).filter((key) => key.includes('form:'))")


def test_what_was_written_stands_in_the_form_after_the_login(site: Sandbox, open_admin: Callable[..., Any]):
    page = open_admin("viber_messaging/message/add/")
    write(page)
    Session.objects.all().delete()
    press(page, "[name=_send]")
    log_in(page)
    assert "You had to log in again." in page.inner_text(NOTICE)
    assert page.input_value("#id_text") == "Знижка до неділі"
    assert page.input_value("#id_phone") == "097 123-45-67"
    assert page.is_checked("#id_type input[value=button]")
    assert page.input_value("#id_button") == "До крамниці"
    assert page.input_value("#id_scheduled_at_0") == "2030-05-06"
    assert page.input_value("#id_scheduled_at_1") == "10:30"
    page.wait_for_selector(".viber-bubble-button:text('До крамниці')")
    assert not Message.objects.exists()
    assert site.request_count == 0


def test_it_is_forgotten_once_saved(site: Sandbox, open_admin: Callable[..., Any]):
    page = open_admin("viber_messaging/message/add/")
    write(page)
    Session.objects.all().delete()
    press(page, "[name=_save]")
    log_in(page)
    page.fill("#id_text", "Знижка до понеділка")
    page.check("#id_type input[value=text]")
    page.wait_for_load_state("networkidle")  # the preview and the form would share one connection to the database
    press(page, "[name=_save]")
    assert Message.objects.get().text == "Знижка до понеділка"
    assert kept(page) == []
    page.goto(page.url.rsplit("/message/", 1)[0] + "/message/add/")
    assert not page.is_visible(NOTICE)
    assert page.input_value("#id_text") == ""


def test_a_form_with_a_mistake_is_the_server_s_to_show(site: Sandbox, open_admin: Callable[..., Any]):
    page = open_admin("viber_messaging/message/add/")
    write(page)
    page.fill("#id_phone", "12")
    press(page, "[name=_save]")
    assert page.inner_text(".field-phone .errorlist")
    assert not page.is_visible(NOTICE)
    assert kept(page) == []


def test_another_person_who_logs_in_there_sees_nothing_of_it(
    site: Sandbox, open_admin: Callable[..., Any], django_user_model: Any
):
    page = open_admin("viber_messaging/message/add/")
    django_user_model.objects.create_superuser("other", password="other")
    write(page)
    Session.objects.all().delete()
    press(page, "[name=_save]")
    log_in(page, "other")
    assert not page.is_visible(NOTICE)
    assert page.input_value("#id_text") == ""
    assert kept(page) == []


def test_a_campaign_keeps_its_groups(site: Sandbox, open_admin: Callable[..., Any]):
    group = RecipientGroup.objects.create(name="Весна")
    page = open_admin("viber_messaging/campaign/add/")
    page.fill("#id_name", "Акція")
    page.fill("#id_text", "ї" * 4000)
    page.check(f"[name=groups][value='{group.pk}']")
    Session.objects.all().delete()
    press(page, "[name=_save]")
    log_in(page)
    assert page.input_value("#id_name") == "Акція"
    assert page.input_value("#id_text") == "ї" * 4000
    assert page.is_checked(f"[name=groups][value='{group.pk}']")
    assert not Campaign.objects.exists()


def test_numbers_that_were_pasted_are_kept_too(site: Sandbox, open_admin: Callable[..., Any]):
    page = open_admin("viber_messaging/recipient/opt-out-list/")
    page.fill("#id_numbers", "097 123-45-67\n050 123-45-67")
    Session.objects.all().delete()
    press(page, ".submit-row .default")
    log_in(page)
    assert page.input_value("#id_numbers") == "097 123-45-67\n050 123-45-67"
    press(page, ".submit-row .default")
    assert "2" in page.inner_text("#content")


def test_the_phone_of_the_last_test_is_remembered_in_the_tab(site: Sandbox, open_admin: Callable[..., Any]):
    page = open_admin("viber_messaging/message/add/")
    page.select_option("#id_sender", "Kvitka")
    page.fill("#id_phone", "097 123-45-67")
    page.fill("#id_text", "Знижка")
    page.fill("#viber-trial-phone", "050 111 22 33")
    press(page, "[name=_test]")
    page.goto(page.url.rsplit("/message/", 1)[0] + "/message/add/")
    assert page.input_value("#viber-trial-phone") == "050 111 22 33"
    assert all("501112233" not in str(session.get_decoded()) for session in Session.objects.all())


def test_rows_that_were_added_are_kept_too(site: Sandbox, open_admin: Callable[..., Any]):
    page = open_admin("viber_messaging/recipient/add/")
    page.fill("#id_phone", "097 123-45-67")
    for _row in range(2):
        page.click(".viber-attributes .viber-link")
    for number in range(5):
        page.fill(f"[name=attributes_name_{number}]", f"n{number}")
    Session.objects.all().delete()
    press(page, "[name=_save]")
    log_in(page)
    assert [page.input_value(f"[name=attributes_name_{number}]") for number in range(5)] == [
        "n0",
        "n1",
        "n2",
        "n3",
        "n4",
    ]
    assert page.locator(".viber-attributes tbody tr:has(.viber-remove)").count() == 5
