"""Opting out and in by staff: recorded, asked for where it matters, and never undone by an edit."""

from html import unescape

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from tests import doors
from tests.admin.page import shown
from viber_messaging.models import ConsentChange, Message, Recipient
from viber_messaging.states import MessageState

PHONE, OTHER = "+380971234567", "+380501234567"
CHANGING = ("view_recipient", "add_recipient", "change_recipient", "delete_recipient")
PEOPLE = "admin:viber_messaging_recipient_"


@pytest.fixture
def olena(log_in):
    """Someone who may change recipients and nothing else."""
    return log_in(*CHANGING, name="olena")


@pytest.fixture
def taras():
    return Recipient.objects.create(phone=PHONE, name="Тарас")


@pytest.fixture
def unwilling(taras):
    doors.opt_out([PHONE], source="list")
    taras.refresh_from_db()
    return taras


def page_of(recipient):
    return reverse(f"{PEOPLE}change", args=[recipient.pk])


def act(client, action, *recipients, **more):
    data = {"action": action, "_selected_action": [recipient.pk for recipient in recipients], "index": 0, **more}
    return unescape(client.post(reverse(f"{PEOPLE}changelist"), data, follow=True).content.decode())


def press(client, recipient, button):
    return client.post(reverse(f"{PEOPLE}consent", args=[recipient.pk]), {button: "1"}, follow=True)


def form(**fields):
    return {"phone": PHONE, "name": "Тарас", "attributes": "{}", **fields}


def is_opted_out(recipient):
    recipient.refresh_from_db()
    return recipient.opted_out_at is not None


@pytest.mark.django_db
class TestActions:
    def test_opting_out_records_who_did_it(self, olena, taras):
        page = act(olena, "opt_out", taras)
        assert "1 recipient is now opted out." in page
        assert is_opted_out(taras)
        change = ConsentChange.objects.get()
        assert (change.created_by.username, change.source, change.is_opted_out) == ("olena", "admin", True)

    def test_twice_is_recorded_once(self, olena, taras):
        act(olena, "opt_out", taras)
        assert "0 recipients are now opted out." in act(olena, "opt_out", taras)
        assert ConsentChange.objects.count() == 1

    def test_opting_in_is_asked_for_first(self, olena, unwilling):
        page = act(olena, "opt_in", unwilling)
        assert "only if each of them has asked for messages again" in page
        assert f"Тарас {PHONE}" in page
        assert is_opted_out(unwilling)

    def test_opting_in_is_done_on_the_second_press_and_recorded(self, olena, unwilling):
        page = act(olena, "opt_in", unwilling, post="yes")
        assert "1 recipient can receive messages again." in page
        assert not is_opted_out(unwilling)
        assert list(ConsentChange.objects.order_by("pk").values_list("is_opted_out", "source")) == [
            (True, "list"),
            (False, "admin"),
        ]

    def test_the_question_is_answered_as_its_form_posts_it(self, olena, unwilling):
        data = {"action": "opt_in", "_selected_action": [unwilling.pk], "select_across": "0", "post": "yes"}
        olena.post(reverse(f"{PEOPLE}changelist"), data)
        assert not is_opted_out(unwilling)

    def test_all_of_a_filtered_list_are_meant_where_all_are_selected(self, olena, unwilling):
        other = Recipient.objects.create(phone=OTHER, opted_out_at=timezone.now())
        page = act(olena, "opt_in", unwilling, select_across="1")
        assert "These 2 people asked" in page
        act(olena, "opt_in", unwilling, select_across="1", post="yes")
        assert not is_opted_out(other)

    def test_who_did_not_opt_out_is_not_asked_about(self, olena, taras):
        assert "0 recipients can receive messages again." in act(olena, "opt_in", taras)

    def test_a_name_is_no_markup(self, olena, unwilling):
        Recipient.objects.update(name="<script>alert(1)</script>")
        data = {"action": "opt_in", "_selected_action": [unwilling.pk], "index": 0}
        page = olena.post(reverse(f"{PEOPLE}changelist"), data).content.decode()
        assert "<script>alert(1)" not in page
        assert "&lt;script&gt;alert(1)" in page

    @pytest.mark.parametrize("action", ["opt_out", "opt_in"])
    def test_only_those_who_may_change_recipients_may_do_it(self, log_in, unwilling, action):
        client = log_in("view_recipient", "add_recipient", "delete_recipient", name="looker")
        act(client, action, unwilling, post="yes")
        assert ConsentChange.objects.count() == 1

    @pytest.mark.parametrize("action", ["opt_out", "opt_in"])
    def test_an_action_called_past_the_list_asks_too(self, rf, taras, action):
        from django.contrib import admin

        request = rf.post("/")
        request.user = User.objects.create_user("nobody", is_staff=True)
        with pytest.raises(PermissionDenied):
            getattr(admin.site._registry[Recipient], action)(request, Recipient.objects.all())


@pytest.mark.django_db
class TestPage:
    def test_its_buttons_opt_out_and_in_and_come_back_to_it(self, olena, taras):
        response = press(olena, taras, "opt_out")
        assert is_opted_out(taras)
        assert response.request["PATH_INFO"] == page_of(taras)
        press(olena, taras, "opt_in")
        assert not is_opted_out(taras)
        assert ConsentChange.objects.count() == 2

    def test_no_button_changes_nothing(self, olena, taras):
        press(olena, taras, "neither")
        assert not ConsentChange.objects.exists()

    def test_it_shows_the_record(self, olena, unwilling):
        press(olena, unwilling, "opt_in")
        page = olena.get(page_of(unwilling)).content.decode()
        assert "a pasted list" in page
        assert "the admin" in page
        assert "olena" in page

    def test_a_source_of_the_site_is_shown_as_it_is_and_is_no_markup(self, olena, taras):
        doors.opt_out([PHONE], source="<b>STOP</b> reply")
        page = olena.get(page_of(taras)).content.decode()
        assert "&lt;b&gt;STOP&lt;/b&gt; reply" in page

    def test_who_may_only_look_sees_no_button_and_is_refused(self, log_in, taras):
        looker = log_in("view_recipient", name="looker")
        assert "opt_out" not in looker.get(page_of(taras)).content.decode()
        assert press(looker, taras, "opt_out").status_code == 403
        assert not is_opted_out(taras)

    def test_a_recipient_who_is_gone_is_told(self, olena, taras):
        taras_pk = taras.pk
        taras.delete()
        response = olena.post(reverse(f"{PEOPLE}consent", args=[taras_pk]), {"opt_out": "1"})
        assert response.status_code == 302

    def test_no_address_holds_a_phone(self, olena, unwilling):
        response = press(olena, unwilling, "opt_in")
        assert response.redirect_chain
        assert shown(response)
        assert all("380" not in url for url, _code in response.redirect_chain)


@pytest.mark.django_db
class TestForm:
    def test_it_cannot_opt_out_or_in_by_itself(self, olena, taras):
        olena.post(page_of(taras), form(opted_out_at_0="2026-01-01", opted_out_at_1="10:00", opted_out_at="2026-01-01"))
        assert not is_opted_out(taras)
        olena.post(reverse(f"{PEOPLE}add"), form(phone=OTHER, opted_out_at_0="2026-01-01", opted_out_at_1="10:00"))
        assert Recipient.objects.get(phone=OTHER).opted_out_at is None

    def test_it_keeps_the_opt_out_and_its_phone(self, olena, unwilling):
        olena.post(page_of(unwilling), form(phone=OTHER, name="Тарас Шевченко", opted_out_at_0="", opted_out_at_1=""))
        assert is_opted_out(unwilling)
        assert (unwilling.phone, unwilling.name) == (PHONE, "Тарас Шевченко")

    def test_it_does_not_undo_an_opt_out_that_comes_while_it_is_saved(self, olena, taras, monkeypatch):
        clean = Recipient.full_clean

        def late(self, *args, **kwargs):
            doors.opt_out([PHONE], source="code")
            return clean(self, *args, **kwargs)

        monkeypatch.setattr(Recipient, "full_clean", late)
        olena.post(page_of(taras), form(name="Тарас Шевченко"))
        assert is_opted_out(taras)
        assert taras.name == "Тарас Шевченко"

    def test_the_phone_of_others_can_be_put_right(self, olena, taras):
        olena.post(page_of(taras), form(phone="050 123 45 67"))
        taras.refresh_from_db()
        assert taras.phone == OTHER


@pytest.mark.django_db
class TestDeleting:
    def test_nobody_deletes_who_opted_out(self, admin_client, unwilling):
        url = reverse(f"{PEOPLE}delete", args=[unwilling.pk])
        assert admin_client.post(url, {"post": "yes"}).status_code == 403
        page = act(admin_client, "delete_selected", unwilling, post="yes")
        assert "opted out and must be kept" in page
        assert Recipient.objects.exists()

    def test_the_others_can_be_deleted(self, admin_client, taras):
        act(admin_client, "delete_selected", taras, post="yes")
        assert not Recipient.objects.exists()


@pytest.mark.django_db
class TestRecord:
    def test_it_is_listed_and_found_by_any_spelling(self, log_in, unwilling):
        doors.opt_out([OTHER], source="code")
        client = log_in("view_consentchange", name="looker")
        url = reverse("admin:viber_messaging_consentchange_changelist")
        assert [change.phone for change in client.get(url).context["cl"].result_list] == [OTHER, PHONE]
        found = client.get(url, {"q": "097 123-45-67"}, follow=True).context["cl"].result_list
        assert [change.phone for change in found] == [PHONE]
        assert not client.get(url, {"q": "nobody"}, follow=True).context["cl"].result_list

    def test_nobody_writes_it_by_hand(self, admin_client, unwilling):
        change = ConsentChange.objects.get()
        name = "admin:viber_messaging_consentchange_"
        assert admin_client.post(reverse(f"{name}add")).status_code == 403
        assert admin_client.post(reverse(f"{name}change", args=[change.pk])).status_code == 403
        assert admin_client.post(reverse(f"{name}delete", args=[change.pk])).status_code == 403
        data = {"action": "delete_selected", "_selected_action": [change.pk], "index": 0, "post": "yes"}
        admin_client.post(reverse(f"{name}changelist"), data)
        assert ConsentChange.objects.exists()


class TestMessages:
    def test_sending_from_the_form_says_why_nothing_is_sent(self, staff, sender, unwilling, form, inline):
        page = staff.post(reverse("admin:viber_messaging_message_add"), form(_send="1"), follow=True).content.decode()
        assert "The message was cancelled and will not be sent. The recipient opted out" in page
        assert Message.objects.get().state == MessageState.CANCELLED
        assert inline.request_count == 0

    @pytest.mark.parametrize(
        ("action", "state"), [("send_selected", "draft"), ("send_selected", "failed"), ("retry_selected", "rejected")]
    )
    def test_sending_many_leaves_the_unwanted_ones_and_says_why(
        self, staff, unwilling, make_message, act, inline, action, state
    ):
        messages = [make_message(state=state), make_message(state=state, phone=OTHER), make_message(state="delivered")]
        page = act(staff, action, *messages)
        assert "1 message was processed: 1 accepted." in page
        assert "1 message was not changed: the recipient opted out and receives no more messages." in page
        assert page.count("1 message was not changed:") == 2
        assert Message.objects.get(pk=messages[0].pk).state == state
        assert inline.request_count == 1
