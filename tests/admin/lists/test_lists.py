"""What the lists show, how things are found, and what other sites' settings do not break."""

import re
from html import unescape

import pytest
from django.contrib import admin
from django.urls import path, reverse
from django.utils import timezone

from tests.admin.conftest import LIST, change_url
from tests.admin.page import page_of
from viber_messaging.admin import MessageAdmin, RecipientAdmin, SendAttemptAdmin
from viber_messaging.models import Message, Recipient, RecipientGroup, SendAttempt
from viber_messaging.states import AttemptOutcome

XSS = '<script>alert("x")</script>'

second_site = admin.AdminSite(name="back-office")
second_site.register(Message, MessageAdmin)
second_site.register(SendAttempt, SendAttemptAdmin)
second_site.register(Recipient, RecipientAdmin)

urlpatterns = [path("office/", second_site.urls), path("admin/", admin.site.urls)]
"""The second site, as a site's own urls would mount it."""


SEARCH = "admin:viber_messaging_message_search"


@pytest.mark.parametrize("model", ["message", "campaign", "sendattempt"])
def test_a_list_says_in_which_zone_its_times_are(admin_client, model, settings):
    settings.TIME_ZONE = "Europe/Kyiv"
    page = admin_client.get(reverse(f"admin:viber_messaging_{model}_changelist")).content.decode()
    assert "Times are in the zone Europe/Kyiv." in page


def found(client, term):
    page = client.post(reverse(SEARCH), {"q": term}, follow=True)
    return [message.pk for message in page.context["cl"].result_list]


@pytest.mark.parametrize("spelling", ["097 123-45-67", "+380971234567", "0971234567", "+38097", "38097123", "0971"])
def test_a_message_is_found_by_any_spelling_of_its_phone(staff, make_message, spelling):
    message = make_message(state="draft")
    make_message(state="draft", phone="+380501112233")
    assert found(staff, spelling) == [message.pk]


def test_a_message_is_found_by_its_reference_and_by_the_gateways_number(staff, make_message):
    message = make_message(state="draft", msg_id="1234568")
    make_message(state="draft", msg_id="7654321")
    assert found(staff, str(message.reference)) == found(staff, "1234568") == [message.pk]


@pytest.mark.parametrize("term", ["9" * 40, "²", "'; --", "olena", "09"])
def test_a_strange_search_finds_nothing_and_breaks_nothing(staff, make_message, term):
    make_message(state="draft")
    assert found(staff, term) == []


def test_the_list_costs_the_same_however_long_it_is(staff, make_message, django_assert_max_num_queries):
    for _number in range(30):
        make_message(state="draft")
    staff.get(reverse(LIST))
    with django_assert_max_num_queries(12):
        page_of(staff, reverse(LIST))


def test_markup_in_a_text_and_in_the_gateways_words_is_shown_as_text(admin_client, make_message):
    message = make_message(state="failed", text=XSS, error=XSS)
    now = timezone.now()
    attempt = SendAttempt.objects.create(
        message=message, number=1, started_at=now, finished_at=now, outcome="unknown", error=XSS, reply=XSS
    )
    attempt_url = reverse("admin:viber_messaging_sendattempt_change", args=[attempt.pk])
    attempts_url = reverse("admin:viber_messaging_sendattempt_changelist")
    for url in (reverse(LIST), change_url(message), attempt_url, attempts_url):
        page = admin_client.get(url).content.decode()
        assert "alert(" in page
        assert "<script>alert" not in page


def test_pages_need_no_script_or_style_inside_them(admin_client, make_message, sender):
    message = make_message(state="draft")
    sent = make_message(state="delivered")
    for url in (reverse(LIST), change_url(message), change_url(sent)):
        page = page_of(admin_client, url)
        assert not re.search(r"<style|<script(?![^>]*\bsrc=)|\sstyle=|\son\w+=|javascript:", page)


@pytest.mark.parametrize("language", ["en", "uk"])
def test_long_numbers_are_not_cut_into_thousands(admin_client, make_message, settings, language):
    settings.USE_THOUSAND_SEPARATOR = True
    settings.LANGUAGE_CODE = language
    message = make_message(state="rejected", reference=12345678901234, msg_id="1234568", status_code=202)
    Message.objects.filter(pk=message.pk).update(id=1234567)
    message.pk = 1234567
    for url in (reverse(LIST), change_url(message)):
        page = unescape(admin_client.get(url).content.decode())
        assert "12345678901234" in page
        assert not re.search(r"1[\s,.]234[\s,.]567", page)


@pytest.mark.urls("tests.admin.lists.test_lists")
def test_a_second_admin_site_stays_on_its_own_side(admin_client, make_message, configure):
    configure(API_KEY="")
    message = make_message(state="delivered")
    now = timezone.now()
    SendAttempt.objects.create(
        message=message, number=1, started_at=now, finished_at=now, outcome=AttemptOutcome.ACCEPTED
    )
    for address in ("message/", f"message/{message.pk}/change/", "message/add/", "sendattempt/", "recipient/"):
        assert "/admin/viber_messaging" not in page_of(admin_client, f"/office/viber_messaging/{address}")


def test_what_is_not_known_is_a_dash_and_no_word_of_python(admin_client, make_message):
    message = make_message(state="unconfirmed")
    now = timezone.now()
    attempt = SendAttempt.objects.create(message=message, number=1, started_at=now, finished_at=now, outcome="unknown")
    attempt_url = reverse("admin:viber_messaging_sendattempt_change", args=[attempt.pk])
    for url in (change_url(message), attempt_url):
        assert "–" in admin_client.get(url).content.decode()
    for url in (reverse(LIST), change_url(message), attempt_url):
        assert "None" not in admin_client.get(url).content.decode()


def test_a_code_that_no_document_names_is_shown_with_its_number(staff, make_message):
    make_message(state="unconfirmed", status_code=777)
    assert "777, which its documentation does not list" in staff.get(reverse(LIST)).content.decode()


def test_a_group_tells_how_many_people_it_has(admin_client):
    group = RecipientGroup.objects.create(name="Friends")
    group.recipients.add(*(Recipient.objects.create(phone=f"+38097123456{number}") for number in range(3)))
    page = admin_client.get(reverse("admin:viber_messaging_recipientgroup_changelist")).content.decode()
    people = reverse("admin:viber_messaging_recipient_changelist")
    assert f'<a href="{people}?groups__id__exact={group.pk}">3</a>' in page


def test_recipients_are_found_by_name_phone_and_opting_out(admin_client):
    olena = Recipient.objects.create(phone="+380971234567", name="Олена Коваль")
    taras = Recipient.objects.create(phone="+380501234567", name="Тарас", opted_out_at=timezone.now())
    url = reverse("admin:viber_messaging_recipient_changelist")

    def listed(**query):
        return list(admin_client.get(url, query, follow=True).context["cl"].result_list)

    assert listed(q="Олена") == listed(q="097 123 45 67") == listed(opted_out="no") == [olena]
    assert listed(opted_out="yes") == [taras]


def test_a_phone_in_another_spelling_is_the_same_recipient(admin_client):
    Recipient.objects.create(phone="+380971234567")
    data = {"phone": "097 123-45-67", "name": "", "attributes": "{}"}
    response = admin_client.post(reverse("admin:viber_messaging_recipient_add"), data)
    assert "phone" in response.context["adminform"].form.errors
