"""The admin for groups of recipients: count, merge, copy and fill them."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ORDER_VAR
from django.db.models import Case, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern
from django.utils.translation import gettext_lazy

from viber_messaging.admin.pages.links import linked, url_of
from viber_messaging.admin.permissions import ADD_RECIPIENT, has
from viber_messaging.admin.recipient.deletion import GroupDeletion
from viber_messaging.admin.recipient.group_copy import CopyView
from viber_messaging.admin.recipient.group_merge import merge_groups
from viber_messaging.admin.recipient.group_numbers import AddNumbersView
from viber_messaging.admin.recipient.group_people import last_added, links_of
from viber_messaging.models import RecipientGroup
from viber_messaging.statistics.groups import measure, sizes_of


@admin.register(RecipientGroup)
class RecipientGroupAdmin(GroupDeletion):
    """Lists of people."""

    actions = ["delete_selected", "merge_selected"]
    merge_selected = merge_groups
    list_display = ["name", "recipient_count", "reachable_count", "opted_out_count"]
    search_fields = ["name"]

    def get_urls(self) -> list[URLPattern]:
        """Return the pages of groups."""
        return [
            self.page("<path:object_id>/copy/", CopyView, "copy"),
            self.page("<path:object_id>/add-numbers/", AddNumbersView, "add_numbers"),
            *super().get_urls(),
        ]

    def get_queryset(self, request: HttpRequest) -> "QuerySet[RecipientGroup]":
        """Count the people in all groups if the list is sorted by that; otherwise each page counts its own."""
        groups: QuerySet[RecipientGroup] = super().get_queryset(request)
        return _sortable(groups) if ORDER_VAR in request.GET else groups

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """Count the people in a page's groups together."""
        shown = super().get_changelist_instance(request)
        measure(shown.result_list)
        return shown

    @admin.display(description=gettext_lazy("recipients"), ordering="people")
    def recipient_count(self, obj: Any) -> str:
        """Return how many people are in the group, with a link to them."""
        return self._count(obj, obj.people)

    @admin.display(description=gettext_lazy("can receive messages"))
    def reachable_count(self, obj: Any) -> str:
        """Return how many of them did not opt out, with a link to them."""
        return self._count(obj, obj.people - obj.opted_out, "&opted_out=no")

    @admin.display(description=gettext_lazy("opted out"), ordering="opted_out")
    def opted_out_count(self, obj: Any) -> str:
        """Return how many of them opted out, with a link to them."""
        return self._count(obj, obj.opted_out, "&opted_out=yes")

    def _count(self, group: RecipientGroup, count: int, narrower: str = "") -> str:
        url = url_of("viber_messaging_recipient_changelist", self.admin_site.name)
        return linked(f"{url}?groups__id__exact={group.pk}{narrower}" if url else "", count)

    def has_merge_permission(self, request: HttpRequest) -> bool:
        """Return whether this user may change and delete groups, because merging does both."""
        return self.has_change_permission(request) and self.has_delete_permission(request)

    def may_add_numbers(self, request: HttpRequest) -> bool:
        """Return whether this user may change groups and create recipients, because adding numbers does both."""
        return self.has_change_permission(request) and has(request, ADD_RECIPIENT)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Add the people who were added last, and links to what this user may do with the group."""
        group, site_name = kwargs.get("obj"), self.admin_site.name
        if group is not None:
            context |= {
                "viber_may_add_numbers": self.may_add_numbers(request),
                "viber_people": last_added(request, group, site_name),
                **links_of(request, group, site_name),
            }
        if context.get("viber_people"):
            context["viber_sizes"] = self._sizes(group)
        return super().render_change_form(request, context, *args, **kwargs)

    def _sizes(self, group: Any) -> list[tuple[Any, str]]:
        """Return the columns of the list that count the group's people, by their headings."""
        measure([group])
        columns: list[Any] = [self.recipient_count, self.reachable_count, self.opted_out_count]
        return [(column.short_description, column(group)) for column in columns]


def _sortable(groups: "QuerySet[RecipientGroup]") -> "QuerySet[RecipientGroup]":
    """Make groups sortable by how many people are in each, and by how many of them opted out."""
    sizes = sizes_of(list(groups.values_list("pk", flat=True)))
    people, opted_out = (
        Case(*(When(pk=pk, then=Value(getattr(size, name))) for pk, size in sizes.items()), default=0)
        for name in ("people", "opted_out")
    )
    return groups.alias(people=people, opted_out=opted_out)
