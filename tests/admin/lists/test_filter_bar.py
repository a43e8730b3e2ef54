"""The bar of filters above a list."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from tests.admin.conftest import LIST
from tests.admin.page import page_of
from viber_messaging.admin import MessageAdmin
from viber_messaging.models import Campaign, Message, Recipient, SendAttempt


def bar(page: str) -> str:
    return page[page.index('<nav id="viber-filters"') : page.index("</nav>", page.index('<nav id="viber-filters"'))]


def menus(page: str) -> list[str]:
    """Return what the closed menus show."""
    found = re.findall(r"<summary>(.*?)</summary>", bar(page))
    return [unescape(re.sub(r"<[^>]*>", "", summary)) for summary in found]


def test_each_filter_is_one_menu(staff: Client, draft: Message):
    assert menus(page_of(staff, reverse(LIST))) == ["Status", "Date created", "Sender", "The gateway's code"]


@pytest.mark.parametrize("model", [Message, Campaign, Recipient, SendAttempt])
def test_the_bar_replaces_the_column_of_django(admin_client: Client, model: Any):
    page = page_of(admin_client, reverse(f"admin:viber_messaging_{model._meta.model_name}_changelist"))
    assert page.count('<details class="viber-menu') == len(menus(page)) > 0
    assert "changelist-filter-header" not in page


def test_what_is_chosen_is_seen_without_opening_anything(staff: Client, draft: Message):
    page = page_of(staff, reverse(LIST), {"state__exact": "failed", "day": "7"})
    assert menus(page)[:2] == ["Status: failed", "Date created: Last 7 days"]
    button = page[page.index('popovertarget="viber-filters"') :]
    assert button.startswith('popovertarget="viber-filters">Filters · failed · Last 7 days</button>')


@pytest.mark.parametrize(
    ("days", "words"),
    [
        ({"from": "2026-11-01", "to": "2026-11-20"}, "11/01/2026 – 11/20/2026"),
        ({"from": "2026-11-01"}, "11/01/2026 – "),
        ({"to": "2026-11-20", "from": "x"}, " – 11/20/2026"),
    ],
)
def test_two_typed_days_are_what_is_chosen(staff: Client, draft: Message, days: dict[str, str], words: str):
    assert menus(page_of(staff, reverse(LIST), days))[1] == f"Date created: {words}"


def test_a_choice_is_a_link_that_keeps_the_others(staff: Client, draft: Message):
    page = page_of(staff, reverse(LIST), {"state__exact": "failed"})
    assert '<a href="?code=203&amp;state__exact=failed">203: ' in bar(page)
    assert '<a href="?state__exact=failed" aria-current="true">failed</a>' in bar(page)


def test_all_filters_are_cleared_by_one_link(staff: Client, draft: Message):
    assert "Clear all filters" not in page_of(staff, reverse(LIST))
    page = page_of(staff, reverse(LIST), {"state__exact": "failed", "code": "203"})
    assert '<a href="?" class="viber-clear">Clear all filters</a>' in bar(page)


def test_the_search_box_of_a_theme_keeps_the_filters(staff: Client, draft: Message):
    page = page_of(staff, reverse(LIST), {"state__exact": "failed"})
    assert '<input type="hidden" form="changelist-search" name="state__exact" value="failed">' in page


class Unusual(admin.SimpleListFilter):
    """A site's own filter, with a template of its own."""

    title = "weight"
    parameter_name = "weight"
    template = "admin/date_hierarchy.html"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, str]]:
        return [("1", "heavy")]

    def queryset(self, request: Any, queryset: Any) -> Any:
        return queryset


def test_a_filter_with_a_template_of_its_own_is_shown_by_it(
    replace_admin: Callable[[Any, Any], None], staff: Client, draft: Message
):
    replace_admin(Message, type("OurAdmin", (MessageAdmin,), {"list_filter": [Unusual]}))
    page = page_of(staff, reverse(LIST))
    assert menus(page) == ["Weight"]
    assert "heavy" not in bar(page)


def test_a_list_with_the_template_of_django_keeps_its_column(
    replace_admin: Callable[[Any, Any], None], staff: Client, draft: Message
):
    ours = type("OurAdmin", (MessageAdmin,), {"change_list_template": "admin/change_list.html"})
    replace_admin(Message, ours)
    page = page_of(staff, reverse(LIST))
    assert "changelist-filter-header" in page
    assert "viber-filters" not in page
