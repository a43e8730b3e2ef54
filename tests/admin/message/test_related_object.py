"""What a message has to do with the rest of the site, on its page; and the way from the site's own admin to it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group, Permission, User
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.admin.conftest import LIST, change_url
from tests.admin.page import shown
from viber_messaging.admin import ViberMessagesMixin, messages_url
from viber_messaging.models import Message

MakeMessage = Callable[..., Message]


@pytest.fixture
def order(db: None) -> User:
    """An object of the site, which has an admin class."""
    return User.objects.create(username="order-42")


@pytest.fixture(autouse=True)
def worker_sends(configure: Callable[..., None]) -> None:
    configure(DISPATCH="worker")


def page_of(client: Client, message: Message) -> str:
    """Return the part of the message's page that tells of the site."""
    page = shown(client.get(change_url(message)))
    _before, found, rest = page.partition('class="module viber-site"')
    return rest.partition("</section>")[0] if found else ""


def test_a_message_leads_to_what_it_is_about(admin_client: Client, make_message: MakeMessage, order: User):
    page = page_of(admin_client, make_message(about=order))
    url = reverse("admin:auth_user_change", args=[order.pk])
    assert f'<a href="{url}">User: order-42</a>' in page


def test_a_draft_tells_it_too(admin_client: Client, make_message: MakeMessage, order: User):
    assert "User: order-42" in page_of(admin_client, make_message(state="draft", about=order))


def test_a_message_about_nothing_says_nothing(admin_client: Client, make_message: MakeMessage):
    assert page_of(admin_client, make_message()) == ""


def test_who_may_not_see_the_object_learns_its_kind_and_key_only(staff: Client, make_message: MakeMessage, order: User):
    page = page_of(staff, make_message(about=order))
    assert f"User {order.pk}" in page
    assert "order-42" not in page
    assert "<a " not in page


class ShopUserAdmin(ViberMessagesMixin, UserAdmin):
    """Shows nobody the orders of another shop."""

    fieldsets = [(None, {"fields": ["username", "viber_messages"]})]
    readonly_fields = ["viber_messages"]
    list_display = ["username", "viber_messages"]

    def get_queryset(self, request: Any) -> Any:
        return super().get_queryset(request).exclude(username__startswith="hidden")


@pytest.fixture
def shop(replace_admin: Callable[[Any, Any], None]) -> None:
    """A site that changed the admin of its orders."""
    replace_admin(User, ShopUserAdmin)


def test_an_object_that_its_own_admin_hides_is_hidden_here(shop: None, admin_client: Client, make_message: MakeMessage):
    hidden = User.objects.create(username="hidden-7")
    page = page_of(admin_client, make_message(about=hidden))
    assert f"User {hidden.pk}" in page
    assert "hidden-7" not in page


def test_an_object_without_an_admin_is_named_to_those_with_the_permission_to_view_it(
    staff: Client, make_message: MakeMessage
):
    session = Session.objects.create(session_key="k" * 32, session_data="", expire_date=timezone.now())
    message = make_message(about=session)
    assert f"Session: {session}" not in page_of(staff, message)
    User.objects.get(username="olena").user_permissions.add(Permission.objects.get(codename="view_session"))
    page = page_of(staff, message)
    assert f"Session: {session}" in page
    assert "<a " not in page


def test_an_object_that_is_gone_is_told_kindly(admin_client: Client, make_message: MakeMessage, order: User):
    message, key = make_message(about=order), order.pk
    order.delete()
    page = page_of(admin_client, message)
    assert f"User {key}" in page
    assert "no longer exists" in page


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"about_model": "shop.order", "about_id": "42"}, "no longer keeps such records"),
        ({"about_model": "nonsense", "about_id": "42"}, "no longer keeps such records"),
        ({"about_model": "auth.user", "about_id": "a-key-of-another-type"}, "no longer exists"),
        ({"about_model": "auth.user", "about_id": "9" * 30}, "no longer exists"),
    ],
)
def test_a_model_that_changed_breaks_no_page(
    admin_client: Client, make_message: MakeMessage, fields: dict[str, str], told: str
):
    assert told in page_of(admin_client, make_message(**fields))


def test_the_sites_own_data_are_shown_as_they_are(admin_client: Client, make_message: MakeMessage):
    data = {"order": 1234567, "shop": "<b>Квітка</b>", "paid": True, "lines": [{"sku": "Троянда"}], "note": None}
    page = page_of(admin_client, make_message(metadata=data))
    shown = {"order": "1234567", "shop": "&lt;b&gt;Квітка&lt;/b&gt;", "paid": "true", "note": "null"}
    for name, value in shown.items():
        assert f'<th scope="row">{name}</th><td>{value}</td>' in page
    assert "[{&quot;sku&quot;: &quot;Троянда&quot;}]" in page


@pytest.mark.parametrize("data", [["A", 1], "a text"])
def test_data_without_names_are_shown_too(admin_client: Client, make_message: MakeMessage, data: Any):
    assert "<td>" in page_of(admin_client, make_message(metadata=data))


def listed(client: Client, url: str) -> tuple[set[int], str]:
    page: Any = client.get(url)
    return {message.pk for message in page.context["cl"].result_list}, page.content.decode()


def test_the_list_shows_the_messages_about_an_object(admin_client: Client, make_message: MakeMessage, order: User):
    message = make_message(about=order)
    make_message(about=Group.objects.create(pk=order.pk, name="Another kind with the same key"))
    make_message()
    found, page = listed(admin_client, messages_url(order))
    assert found == {message.pk}
    assert "User: order-42" in page


def test_the_filter_is_offered_only_where_it_was_chosen(admin_client: Client, make_message: MakeMessage, order: User):
    make_message(about=order)
    _found, page = listed(admin_client, reverse(LIST))
    assert "what it is about" not in page


def test_the_filter_names_no_object_to_those_who_may_not_see_it(staff: Client, make_message: MakeMessage, order: User):
    message = make_message(about=order)
    found, page = listed(staff, messages_url(order))
    assert found == {message.pk}
    assert "order-42" not in page
    assert f"User {order.pk}" in page


@pytest.mark.parametrize(
    "value",
    ["nonsense", "auth.user", "shop.order:42", ":", "auth.user:"],
)
def test_an_object_that_no_address_names_is_about_nothing(admin_client: Client, make_message: MakeMessage, value: str):
    make_message()
    page: Any = admin_client.get(reverse(LIST), {"about": value})
    assert list(page.context["cl"].result_list) == []


def test_the_admin_of_the_site_leads_to_the_messages_about_its_object(
    shop: None, admin_client: Client, make_message: MakeMessage, order: User
):
    message = make_message(about=order)
    link = f'href="{messages_url(order)}"'.replace("&", "&amp;")
    assert link in admin_client.get(reverse("admin:auth_user_change", args=[order.pk])).content.decode()
    assert link in admin_client.get(reverse("admin:auth_user_changelist")).content.decode()
    assert listed(admin_client, messages_url(order))[0] == {message.pk}


def test_an_admin_without_messages_leads_nowhere(order: User):
    elsewhere = admin.AdminSite(name="elsewhere")
    assert ShopUserAdmin(User, elsewhere).viber_messages(order) == "–"
    assert ShopUserAdmin(User, admin.site).viber_messages(User(username="not saved")) == "–"
