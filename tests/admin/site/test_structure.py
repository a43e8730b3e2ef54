"""What a screen reader, or a person in a hurry, makes of a page: its headings, and what is said after a press."""

import re
from collections.abc import Callable
from itertools import pairwise

import pytest
from django.test import Client
from django.urls import reverse

from tests.admin.page import page_of
from tests.admin.pages.test_banner import PAGES
from viber_messaging.models import Message, Recipient, RecipientGroup, Sender

DASHBOARD = "/admin/viber_messaging/"


def levels(page: str) -> list[int]:
    """Return the levels of the headings of a page's content, in order."""
    content = page.partition('id="content"')[2]
    return [int(level) for level in re.findall(r"<h([1-6])", content)]


@pytest.mark.parametrize("page", [*PAGES, DASHBOARD])
def test_no_level_of_headings_is_skipped(admin_client: Client, sender: Sender, page: str):
    found = levels(page_of(admin_client, page if page.startswith("/") else reverse(page)))
    assert found[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(found)), found


@pytest.mark.parametrize("name", ["message", "campaign", "recipient", "recipientgroup", "sender"])
def test_the_way_to_a_form_ends_with_its_title(admin_client: Client, sender: Sender, name: str):
    page = page_of(admin_client, reverse(f"admin:viber_messaging_{name}_add"))
    (title,) = re.findall(r"<h1>(.+?)</h1>", page.partition('id="content"')[2])
    trail = page.partition('class="breadcrumbs"')[2].partition("</nav>")[0]
    assert title.startswith("New ")
    assert title in trail
    assert f"Add {title.removeprefix('New ')}" not in trail


@pytest.mark.parametrize("page", PAGES)
def test_what_is_said_after_a_press_stands_in_a_live_region(admin_client: Client, page: str):
    assert '<div role="status">' in page_of(admin_client, reverse(page))


def test_the_index_of_the_site_has_the_banner_for_those_whom_it_concerns(
    admin_client: Client, log_in: Callable[..., Client], configure: Callable[..., None]
):
    configure(API_KEY="")
    title = "Nothing can be sent: the settings are invalid."
    assert title in page_of(admin_client, reverse("admin:index"))
    assert title in page_of(log_in("view_campaign", name="one"), reverse("admin:index"))
    assert title not in page_of(log_in("view_sender", name="other"), reverse("admin:index"))


def test_a_deleted_group_lists_no_line_for_each_person(admin_client: Client):
    group = RecipientGroup.objects.create(name="Friends")
    group.recipients.set([Recipient.objects.create(phone=f"+3809712345{number:02d}") for number in range(20)])
    page = page_of(admin_client, reverse("admin:viber_messaging_recipientgroup_delete", args=[group.pk]))
    assert "object (" not in page
    assert "Friends" in page


def test_the_zone_is_a_remark_and_no_alarm(admin_client: Client, make_message: Callable[..., Message]):
    page = page_of(admin_client, reverse("admin:viber_messaging_campaign_changelist"))
    assert re.search(r'<p class="viber-zone">Times are in the zone Europe/Kyiv', page)


def test_a_campaign_has_one_bar_of_buttons(admin_client: Client, sender: Sender):
    page = page_of(admin_client, reverse("admin:viber_messaging_campaign_add"))
    assert page.count('<div class="submit-row"') == 1
    bar = page.partition('<div class="submit-row"')[2].partition("</div>")[0]
    assert {'name="_save"', 'name="_review"'} <= set(re.findall(r'name="_\w+"', bar))
