"""Groups: who is in them, and what becomes of them when they are merged and copied."""

import re
from html import unescape

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tests import doors
from tests.admin.page import page_of, shown
from viber_messaging.models import Campaign, Recipient, RecipientGroup

GROUPS = "admin:viber_messaging_recipientgroup_"
MERGING = ("view_recipientgroup", "change_recipientgroup", "delete_recipientgroup")
COPYING = ("view_recipientgroup", "add_recipientgroup")


def people(count, start=0):
    return Recipient.objects.bulk_create([Recipient(phone=f"+38067{start + number:07d}") for number in range(count)])


def make_group(name, members=()):
    group = RecipientGroup.objects.create(name=name)
    group.recipients.set(members)
    return group


@pytest.fixture
def three(db):
    """Three groups that share a person; the second is the largest."""
    shared, *others = people(5)
    return [
        make_group("Київ", [shared, others[0]]),
        make_group("Львів", [shared, *others[1:]]),
        make_group("Одеса", [shared]),
    ]


def merge(client, *groups, **more):
    data = {"action": "merge_selected", "_selected_action": [group.pk for group in groups], "index": 0, **more}
    return unescape(shown(client.post(reverse(f"{GROUPS}changelist"), data, follow=True)))


def test_a_group_tells_how_many_it_has_may_be_written_to_and_opted_out(admin_client, three):
    Recipient.objects.filter(phone="+380670000000").update(opted_out_at=timezone.now())
    with CaptureQueriesContext(connection) as captured:
        response = admin_client.get(reverse(f"{GROUPS}changelist"))
    assert [(row.name, row.people, row.opted_out) for row in response.context["cl"].result_list] == [
        ("Київ", 2, 1),
        ("Львів", 4, 1),
        ("Одеса", 1, 1),
    ]
    assert len([query for query in captured.captured_queries if "recipientgroup" in query["sql"]]) <= 4


@pytest.mark.parametrize(
    ("order", "names"), [("2", ["Одеса", "Київ", "Львів"]), ("-2", ["Львів", "Київ", "Одеса"]), ("-4.1", None)]
)
def test_groups_are_sorted_by_their_counts(admin_client, three, order, names):
    three[1].recipients.update(opted_out_at=timezone.now())
    names = names or [three[1].name, *sorted(group.name for group in (three[0], three[2]))]
    page = admin_client.get(reverse(f"{GROUPS}changelist"), {"o": order})
    assert [row.name for row in page.context["cl"].result_list] == names


def test_the_counts_lead_to_the_people(admin_client, three):
    people_url = reverse("admin:viber_messaging_recipient_changelist")
    page = unescape(admin_client.get(reverse(f"{GROUPS}changelist")).content.decode())
    for narrower, expected in (("", 4), ("&opted_out=no", 4), ("&opted_out=yes", 0)):
        url = f"{people_url}?groups__id__exact={three[1].pk}{narrower}"
        assert f'href="{url}"' in page
        assert len(admin_client.get(url).context["cl"].result_list) == expected


class TestMerging:
    def test_it_asks_which_one_stays_and_offers_the_largest(self, admin_client, three):
        page = merge(admin_client, *three)
        assert page.index("Львів –") < page.index("Київ –") < page.index("Одеса –")
        assert f'value="{three[1].pk}" checked' in page
        assert RecipientGroup.objects.count() == 3

    def test_all_people_end_in_the_chosen_one_and_the_others_are_deleted(self, admin_client, three):
        page = merge(admin_client, *three, into=three[0].pk)
        assert "2 groups were merged into “Київ”." in page
        assert list(RecipientGroup.objects.all()) == [three[0]]
        assert three[0].recipients.count() == 5
        assert Recipient.objects.count() == 5

    def test_its_form_is_understood_as_it_is_posted(self, admin_client, three):
        data = {"action": "merge_selected", "_selected_action": [group.pk for group in three], "into": three[0].pk}
        admin_client.post(reverse(f"{GROUPS}changelist"), data)
        assert RecipientGroup.objects.count() == 1

    def test_groups_that_were_not_selected_stay_as_they_are(self, admin_client, three):
        merge(admin_client, *three[:2], into=three[0].pk)
        assert three[2].recipients.count() == 1

    def test_one_that_was_not_selected_cannot_be_chosen(self, admin_client, three):
        merge(admin_client, *three[:2], into=three[2].pk)
        assert RecipientGroup.objects.count() == 3

    @pytest.mark.parametrize("place", [0, 1])
    def test_none_is_merged_while_a_campaign_is_on_its_way_to_it(self, admin_client, three, place):
        campaign = Campaign.objects.create(name="Весна", sender="SMSTest", text="Hi", state="paused")
        campaign.groups.add(three[place])
        assert "the campaign “Весна” is being sent" in merge(admin_client, *three, into=three[0].pk)
        assert RecipientGroup.objects.count() == 3
        Campaign.objects.update(expanded_at=timezone.now())
        assert "2 groups were merged" in merge(admin_client, *three, into=three[0].pk)

    def test_it_is_kept_who_merged_what(self, admin_client, three):
        merge(admin_client, *three, into=three[0].pk)
        entry = LogEntry.objects.get()
        assert entry.object_id == str(three[0].pk)
        assert "Львів, Одеса" in entry.change_message

    def test_pressed_twice_it_is_done_once(self, admin_client, three):
        merge(admin_client, *three, into=three[0].pk)
        assert "Choose at least two groups" in merge(admin_client, *three, into=three[0].pk)
        assert three[0].recipients.count() == 5

    def test_two_people_who_merge_crosswise_lose_nobody(self, three):
        kyiv, lviv, _odesa = three
        assert doors.merge_groups([kyiv.pk, lviv.pk], kyiv.pk) == [lviv.pk]
        with pytest.raises(doors.GroupsChanged):
            doors.merge_groups([kyiv.pk, lviv.pk], lviv.pk)
        assert kyiv.recipients.count() == 5

    @pytest.mark.parametrize("missing", MERGING[1:])
    def test_it_takes_the_right_to_change_and_to_delete(self, log_in, three, missing):
        client = log_in(*(set(MERGING) - {missing}))
        merge(client, *three, into=three[0].pk)
        assert RecipientGroup.objects.count() == 3
        assert "merge_selected" not in client.get(reverse(f"{GROUPS}changelist")).content.decode()

    def test_who_has_both_may(self, log_in, three):
        merge(log_in(*MERGING), *three, into=three[0].pk)
        assert RecipientGroup.objects.count() == 1

    def test_names_are_no_markup(self, admin_client, three):
        RecipientGroup.objects.filter(pk=three[0].pk).update(name="<script>alert(1)</script>")
        data = {"action": "merge_selected", "_selected_action": [group.pk for group in three], "index": 0}
        for more in ({}, {"into": three[0].pk}):
            response = admin_client.post(reverse(f"{GROUPS}changelist"), data | more, follow=True)
            assert "<script>alert(1)" not in shown(response)

    def test_large_groups_take_few_queries(self, db):
        crowd = people(6000)
        large, small = make_group("Large"), make_group("Small")
        large.recipients.add(*crowd[:4000])
        small.recipients.add(*crowd[2000:])
        with CaptureQueriesContext(connection) as captured:
            doors.merge_groups([large.pk, small.pk], small.pk)
        assert len(captured) < 60
        assert small.recipients.count() == 6000


class TestCopying:
    def test_a_copy_has_the_same_people_under_its_own_name(self, log_in, three):
        client = log_in(*COPYING)
        url = reverse(f"{GROUPS}copy", args=[three[0].pk])
        assert client.get(url).context["form"]["name"].value() == "Copy of Київ"
        page = client.post(url, {"name": "Київ 2"}, follow=True).content.decode()
        assert "“Київ 2” now has the people of “Київ”." in page
        made = RecipientGroup.objects.get(name="Київ 2")
        assert set(made.recipients.all()) == set(three[0].recipients.all())

    def test_pressed_twice_it_is_made_once(self, log_in, three):
        client = log_in(*COPYING)
        url = reverse(f"{GROUPS}copy", args=[three[0].pk])
        client.post(url, {"name": "Київ 2"})
        assert client.post(url, {"name": "Київ 2"}).context["form"].errors
        assert RecipientGroup.objects.count() == 4

    def test_a_name_that_is_taken_in_this_moment_is_told(self, log_in, three, monkeypatch):
        monkeypatch.setattr(RecipientGroup, "validate_unique", lambda self, exclude=None: None)
        response = log_in(*COPYING).post(reverse(f"{GROUPS}copy", args=[three[0].pk]), {"name": "Одеса"})
        assert response.context["form"].errors
        assert RecipientGroup.objects.count() == 3

    def test_a_long_name_gives_a_name_that_fits(self, log_in, three):
        RecipientGroup.objects.filter(pk=three[0].pk).update(name="Ж" * 100)
        client = log_in(*COPYING)
        url = reverse(f"{GROUPS}copy", args=[three[0].pk])
        name = client.get(url).context["form"]["name"].value()
        client.post(url, {"name": name})
        assert RecipientGroup.objects.count() == 4

    @pytest.mark.parametrize("missing", COPYING)
    def test_it_takes_the_right_to_see_and_to_add(self, log_in, three, missing):
        client = log_in(*(set(COPYING) - {missing}))
        url = reverse(f"{GROUPS}copy", args=[three[0].pk])
        assert client.get(url).status_code == client.post(url, {"name": "Copy"}).status_code == 403
        assert RecipientGroup.objects.count() == 3

    def test_a_group_that_is_gone_is_told(self, log_in, three):
        url = reverse(f"{GROUPS}copy", args=[three[0].pk])
        three[0].delete()
        assert log_in(*COPYING).get(url).status_code == 302


class TestItsPage:
    def page(self, client, group):
        return unescape(page_of(client, reverse(f"{GROUPS}change", args=[group.pk])))

    def test_its_people_are_counted_and_the_last_added_are_shown(self, admin_client, three):
        late = people(12, start=10)
        for one in late:  # several at once are added in no particular order
            three[0].recipients.add(one)
        Recipient.objects.filter(pk=late[-1].pk).update(name="<b>Оля", opted_out_at=timezone.now())
        page = self.page(admin_client, three[0])
        section = page.partition("Its people, the last added first")[2].partition("</section>")[0]
        assert re.findall(r"\+38067\d{7}", section) == [one.phone for one in late[:1:-1]]
        assert f'{reverse("admin:viber_messaging_recipient_change", args=[late[-1].pk])}"' in section
        assert section.count("opted out</span>") == 1
        list_url = f"{reverse('admin:viber_messaging_recipient_changelist')}?groups__id__exact={three[0].pk}"
        for narrower, count in (("", 14), ("&opted_out=no", 13), ("&opted_out=yes", 1)):
            assert f'<a href="{list_url}{narrower}">{count}</a>' in section

    def test_more_people_cost_no_more_queries(self, admin_client, three):
        def queries():
            with CaptureQueriesContext(connection) as captured:
                self.page(admin_client, three[0])
            return len(captured)

        queries()
        few = queries()
        three[0].recipients.add(*people(300, start=10))
        assert queries() == few

    def test_it_leads_to_an_import_into_it_and_a_campaign_to_it(self, admin_client, three):
        page = self.page(admin_client, three[1])
        assert f'{reverse("admin:viber_messaging_recipient_import")}?group={three[1].pk}">Import into it' in page
        assert f'{reverse("admin:viber_messaging_campaign_add")}?groups={three[1].pk}">Write a campaign to it' in page

    @pytest.mark.parametrize(
        ("held", "shown"),
        [
            ((), []),
            (("view_recipient",), ["Its people"]),
            (("import_recipient",), ["Import into it"]),
            (("add_campaign",), ["Write a campaign to it"]),
        ],
    )
    def test_only_what_a_user_may_do_and_see_is_there(self, log_in, three, held, shown):
        page = self.page(log_in("view_recipientgroup", *held), three[0])
        offers = ("Its people", "Import into it", "Write a campaign to it")
        assert [offer for offer in offers if offer in page] == shown
        assert ("+38067" in page) == ("view_recipient" in held)

    def test_one_without_people_and_a_new_one_have_no_list(self, admin_client, db):
        assert "Its people" not in self.page(admin_client, make_group("Empty"))
        assert "Its people" not in page_of(admin_client, reverse(f"{GROUPS}add"))
