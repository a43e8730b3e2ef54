"""Pasted numbers: taken apart, shown, and acted on only when confirmed."""

from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests import doors
from tests.admin.page import shown
from tests.moments import Moments
from viber_messaging.admin.pasted_numbers import numbers
from viber_messaging.models import ConsentChange, Recipient, RecipientGroup

PHONE, OTHER = "+380971234567", "+380501234567"
CHANGING = ("view_recipient", "change_recipient")
FILLING = ("view_recipientgroup", "change_recipientgroup", "add_recipient")
TEXT = "097 123-45-67\r\n+38 (050) 123-45-67; 0501234567,\tОлена\n\n044 123-45-67"


@pytest.fixture
def olena(log_in):
    return log_in(*CHANGING, name="olena")


@pytest.fixture
def taras(log_in):
    return log_in(*FILLING, name="taras")


@pytest.fixture
def group(db):
    return RecipientGroup.objects.create(name="Друзі")


@pytest.fixture
def black_list():
    return reverse("admin:viber_messaging_recipient_opt_out_list")


@pytest.fixture
def filling(group):
    return reverse("admin:viber_messaging_recipientgroup_add_numbers", args=[group.pk])


def post(client, url, numbers, *buttons, **options):
    data = {"numbers": numbers, **dict.fromkeys(buttons, "1")}
    return client.post(url, data, **options)


def text_of(response):
    return unescape(shown(response))


class TestJudging:
    def test_numbers_stand_between_breaks_tabs_commas_and_semicolons(self):
        assert numbers.entries(TEXT) == [
            "097 123-45-67",
            "+38 (050) 123-45-67",
            "0501234567",
            "Олена",
            "044 123-45-67",
        ]

    def test_each_phone_counts_once_and_each_wrong_one_has_its_reason(self):
        pasted = numbers.judge(numbers.entries(TEXT))
        assert (pasted.phones, pasted.repeated) == ([PHONE, OTHER], 1)
        assert [(wrong.place, wrong.value) for wrong in pasted.wrong] == [("4", "Олена"), ("5", "044 123-45-67")]
        assert "landline" in pasted.wrong[1].reason

    def test_a_long_piece_is_shown_shortened(self):
        assert len(numbers.judge(["x" * 5000]).wrong[0].value) <= numbers.LONGEST_VALUE + 1


@pytest.mark.django_db
class TestBlackList:
    def test_a_preview_comes_first_and_changes_nothing(self, olena, black_list):
        doors.opt_out([OTHER], source="code")
        response = post(olena, black_list, TEXT)
        facts = dict(response.context["facts"])
        assert facts == {"Will be opted out": 1, "Already opted out": 1, "Repeated in the list": 1, "Invalid": 2}
        assert "Opt out 1 number" in text_of(response)
        assert "This is a landline" in text_of(response)
        assert ConsentChange.objects.count() == 1
        assert Recipient.objects.count() == 1

    def test_the_second_press_opts_out_and_records_who_and_whence(self, olena, black_list):
        response = post(olena, black_list, TEXT, "_confirm", follow=True)
        assert "2 recipients are now opted out." in text_of(response)
        assert "2 invalid numbers were left out." in text_of(response)
        changes = ConsentChange.objects.values_list("phone", "source", "created_by__username")
        assert set(changes) == {(PHONE, "list", "olena"), (OTHER, "list", "olena")}
        assert not Recipient.objects.filter(opted_out_at=None).exists()

    def test_pressed_twice_it_is_done_once(self, olena, black_list):
        post(olena, black_list, TEXT, "_confirm")
        response = post(olena, black_list, TEXT, "_confirm", follow=True)
        assert "2 numbers had already opted out." in text_of(response)
        assert ConsentChange.objects.count() == 2

    def test_where_nothing_would_change_there_is_nothing_to_confirm(self, olena, black_list):
        doors.opt_out([PHONE], source="code")
        assert "_confirm" not in text_of(post(olena, black_list, PHONE))
        assert "_confirm" not in text_of(post(olena, black_list, "Олена"))

    def test_the_list_can_be_changed_before_it_is_confirmed(self, olena, black_list):
        response = post(olena, black_list, TEXT, "_edit")
        assert response.context["form"]["numbers"].value() == TEXT
        assert not response.context["form"].errors

    @pytest.mark.parametrize("numbers", ["", "  \n ,; "])
    def test_an_empty_list_is_told(self, olena, black_list, numbers):
        assert post(olena, black_list, numbers).context["form"].errors

    def test_too_long_a_list_is_told_and_nothing_is_done(self, olena, black_list, moments: Moments):
        moments.set("numbers that may be pasted", 1)
        response = post(olena, black_list, f"{PHONE},{OTHER}", "_confirm")
        assert "paste it in several parts" in text_of(response)
        assert not Recipient.objects.exists()

    def test_a_browser_does_not_cut_the_list_off(self, olena, black_list):
        assert "maxlength" not in text_of(olena.get(black_list))

    def test_what_was_pasted_is_no_markup(self, olena, black_list):
        page = post(olena, black_list, "</textarea><script>alert(1)</script>").content.decode()
        assert "<script>alert(1)" not in page
        assert "&lt;script&gt;alert(1)" in page

    def test_no_address_and_no_log_holds_a_phone(self, olena, black_list, caplog):
        caplog.set_level("DEBUG", logger="viber_messaging")
        response = post(olena, black_list, TEXT, "_confirm", follow=True)
        assert response.redirect_chain
        assert shown(response)
        assert all("97" not in url for url, _code in response.redirect_chain)
        assert "1234567" not in caplog.text

    @pytest.mark.parametrize("permissions", [(), ("view_recipient", "add_recipient"), FILLING])
    def test_it_is_for_those_who_may_change_recipients(self, log_in, black_list, permissions):
        client = log_in(*permissions, name="other")
        assert client.get(black_list).status_code == 403
        assert post(client, black_list, TEXT, "_confirm").status_code == 403
        assert not Recipient.objects.exists()

    def test_the_list_of_recipients_leads_to_it_those_who_may(self, olena, log_in, black_list):
        people = reverse("admin:viber_messaging_recipient_changelist")
        assert black_list in text_of(olena.get(people))
        assert black_list not in text_of(log_in("view_recipient", name="looker").get(people))

    def test_a_forged_form_is_refused(self, olena, black_list):
        strict = Client(enforce_csrf_checks=True)
        strict.cookies = olena.cookies
        assert post(strict, black_list, TEXT, "_confirm").status_code == 403
        assert not Recipient.objects.exists()

    def test_other_methods_are_refused(self, olena, black_list):
        assert olena.put(black_list).status_code == 405

    @pytest.mark.exhaustive
    def test_ten_thousand_numbers_take_few_queries(self, olena, black_list):
        numbers = "\n".join(f"067{number:07d}" for number in range(10_000))
        with CaptureQueriesContext(connection) as previewed:
            assert dict(post(olena, black_list, numbers).context["facts"])["Will be opted out"] == 10_000
        assert len(previewed) < 40
        with CaptureQueriesContext(connection) as confirmed:
            post(olena, black_list, numbers, "_confirm")
        assert len(confirmed) < 300
        assert Recipient.objects.exclude(opted_out_at=None).count() == 10_000


class TestFillingAGroup:
    def test_a_preview_tells_who_is_new_and_who_opted_out(self, taras, group, filling):
        doors.opt_out([OTHER], source="code")
        group.recipients.add(Recipient.objects.create(phone="+380671234567"))
        response = post(taras, filling, f"{TEXT}\n0671234567")
        assert dict(response.context["facts"]) == {
            "Will be added": 2,
            "New recipients among them": 1,
            "Already in the group": 1,
            "Opted out: they get nothing": 1,
            "Repeated in the list": 1,
            "Invalid": 2,
        }
        assert group.recipients.count() == 1

    def test_missing_recipients_are_made_and_the_others_left_as_they_are(self, taras, group, filling):
        known = Recipient.objects.create(phone=PHONE, name="Олена")
        response = post(taras, filling, TEXT, "_confirm", follow=True)
        assert "2 numbers were added to “Друзі”." in text_of(response)
        assert set(group.recipients.values_list("phone", "name")) == {(PHONE, "Олена"), (OTHER, "")}
        assert known in group.recipients.all()

    def test_nobody_is_opted_in_by_it(self, taras, group, filling):
        doors.opt_out([PHONE], source="code")
        post(taras, filling, TEXT, "_confirm")
        assert Recipient.objects.get(phone=PHONE).opted_out_at is not None

    def test_pressed_twice_it_is_done_once(self, taras, group, filling):
        post(taras, filling, TEXT, "_confirm")
        response = post(taras, filling, TEXT, "_confirm", follow=True)
        assert "0 numbers were added" in text_of(response)
        assert group.recipients.count() == 2

    def test_a_group_that_is_gone_is_told(self, taras, group, filling):
        group.delete()
        assert taras.get(filling).status_code == 302
        assert post(taras, filling, TEXT, "_confirm").status_code == 302

    def test_a_name_is_no_markup(self, taras, group, filling):
        RecipientGroup.objects.update(name="<script>alert(1)</script>")
        for response in (
            taras.get(filling),
            post(taras, filling, PHONE),
            post(taras, filling, PHONE, "_confirm", follow=True),
        ):
            assert "<script>alert(1)" not in shown(response)

    @pytest.mark.parametrize("missing", FILLING[1:])
    def test_it_takes_the_right_to_change_groups_and_to_add_recipients(self, log_in, filling, missing):
        client = log_in(*(set(FILLING) - {missing}), name="other")
        assert client.get(filling).status_code == 403
        assert post(client, filling, TEXT, "_confirm").status_code == 403
        assert not Recipient.objects.exists()

    def test_the_group_leads_to_it_those_who_may(self, taras, log_in, group, filling):
        page = reverse("admin:viber_messaging_recipientgroup_change", args=[group.pk])
        assert filling in text_of(taras.get(page))
        assert filling not in text_of(log_in("view_recipientgroup", "change_recipientgroup", name="x").get(page))

    @pytest.mark.exhaustive
    def test_ten_thousand_numbers_take_few_queries(self, taras, group, filling):
        numbers = "\n".join(f"067{number:07d}" for number in range(10_000))
        with CaptureQueriesContext(connection) as captured:
            post(taras, filling, numbers, "_confirm")
        assert len(captured) < 300
        assert group.recipients.count() == 10_000
