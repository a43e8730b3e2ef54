"""Admin classes and templates that a site makes its own."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from tests.admin.conftest import LIST, change_url
from viber_messaging.admin import MessageAdmin
from viber_messaging.models import Message, Recipient


class OurMessageAdmin(MessageAdmin):
    """A site's own: one column more, one action more."""

    list_display = [*MessageAdmin.list_display, "order_number"]

    @admin.display(description="Order number")
    def order_number(self, obj: Message) -> str:
        return str(obj.metadata.get("order", ""))


@pytest.fixture
def replaced(replace_admin: Callable[[Any, Any], None]) -> None:
    replace_admin(Message, OurMessageAdmin)


def test_an_admin_class_can_be_unregistered_and_subclassed(
    replaced: None, staff: Client, make_message: Callable[..., Message], configure: Callable[..., None]
):
    configure(DISPATCH="worker")
    message = make_message(metadata={"order": "A-42"})
    page = staff.get(reverse(LIST)).content.decode()
    assert "Order number" in page
    assert "A-42" in page
    assert staff.get(reverse("admin:viber_messaging_message_change", args=[message.pk])).status_code == 200


class FewerActions(MessageAdmin):
    """A site's own: actions by name, one of them with words of its own, and one more."""

    actions = ["send_selected", "cancel_selected", "count_selected"]

    @admin.action(permissions=["send"], description="Call off")
    def cancel_selected(self, request: Any, queryset: Any) -> None:
        self.message_user(request, "Called off")

    @admin.action(description="Count")
    def count_selected(self, request: Any, queryset: Any) -> None:
        self.message_user(request, f"Counted {queryset.count()}")


def test_a_subclass_names_our_actions_replaces_them_and_has_more(
    replace_admin: Callable[[Any, Any], None], staff: Client, make_message: Callable[..., Message],
    configure: Callable[..., None],
):  # fmt: skip
    configure(DISPATCH="worker")
    replace_admin(Message, FewerActions)
    message = make_message(state="draft")
    page = staff.get(reverse(LIST)).content.decode()
    offered = dict(re.findall(r'<option value="(\w+_selected)">([^<]+)', page))
    assert offered.keys() == {"delete_selected", *FewerActions.actions}
    assert (offered["send_selected"], offered["cancel_selected"]) == ("Send selected messages", "Call off")
    told = {}
    for name in ("count_selected", "cancel_selected", "send_selected"):
        chosen = {"action": name, "_selected_action": [message.pk]}
        told[name] = staff.post(reverse(LIST), chosen, follow=True).content.decode()
    assert "Counted 1" in told["count_selected"]
    assert "Called off" in told["cancel_selected"]
    assert "1 message was processed" in told["send_selected"]


BLOCKS = {
    "dashboard.html": ["viber_figures", "viber_chart", "viber_tables"],
    "message/change_form.html": ["viber_preview", "viber_buttons", "viber_site", "viber_story", "viber_attempts"],
    "recipient/change_form.html": ["viber_person", "viber_consent"],
}
"""What the documents promise: a block's name changes no sooner than a setting's."""


def test_the_documents_promise_these_blocks_and_no_others():
    page = (Path(__file__).parents[3] / "docs" / "howto" / "extend.md").read_text(encoding="utf-8")
    promised = page.partition("Templates are extended block by block")[2]
    documented: dict[str, list[str]] = {}
    for name in re.findall(r"`([\w./]+)`", promised):
        if name.endswith(".html"):
            documented[name.removeprefix("admin/viber_messaging/")] = blocks = []
        else:
            blocks.append(name)
    assert documented == BLOCKS


@pytest.mark.parametrize(("template", "block"), [(name, block) for name, blocks in BLOCKS.items() for block in blocks])
def test_a_template_of_ours_can_be_extended_block_by_block(
    log_in: Callable[..., Client], make_message: Callable[..., Message], settings: Any, tmp_path: Path,
    configure: Callable[..., None], template: str, block: str,
):  # fmt: skip
    configure(DISPATCH="worker")
    ours = tmp_path / "admin" / "viber_messaging" / template
    ours.parent.mkdir(parents=True)
    ours.write_text(
        f"{{% extends 'admin/viber_messaging/{template}' %}}"
        f"{{% block {block} %}}<p>Of our own</p>{{{{ block.super }}}}{{% endblock %}}"
    )
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path]}]
    recipient = Recipient.objects.create(phone="+380971234567")
    addresses = {
        "dashboard.html": reverse("admin:app_list", args=["viber_messaging"]),
        "message/change_form.html": change_url(make_message()),
        "recipient/change_form.html": reverse("admin:viber_messaging_recipient_change", args=[recipient.pk]),
    }
    assert "Of our own" in log_in("view_message", "view_recipient").get(addresses[template]).content.decode()
