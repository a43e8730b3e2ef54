"""The filters of the list of recipients."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from viber_messaging.admin.pages.address import number_in
from viber_messaging.admin.pages.changelist import COUNTED
from viber_messaging.models import Recipient, RecipientGroup


class OptedOutFilter(admin.SimpleListFilter):
    """Filter by whether people can be sent messages or opted out."""

    title = _("opted out")
    parameter_name = "opted_out"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        """Return the two choices."""
        return [("no", _("No")), ("yes", _("Yes"))]

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Recipient]") -> "QuerySet[Recipient]":
        """Narrow the list to the chosen ones."""
        if self.value() in ("yes", "no"):
            return queryset.filter(opted_out_at__isnull=self.value() == "no")
        return queryset


class GroupFilter(admin.SimpleListFilter):
    """Filter by group: people in a small group are looked up; for a large group, rows are checked while reading."""

    title = _("groups")
    parameter_name = "groups__id__exact"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return the groups by name."""
        return [(str(pk), name) for pk, name in RecipientGroup.objects.values_list("pk", "name")]

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Recipient]") -> "QuerySet[Recipient]":
        """Narrow the list to one of them. Raises IncorrectLookupParameters if it is not a key."""
        typed = self.value()
        if not typed:
            return queryset
        chosen = number_in(typed)
        if chosen is None:
            raise IncorrectLookupParameters
        members = Recipient.groups.through._default_manager.filter(recipientgroup=chosen)
        if members[:COUNTED].count() < COUNTED:
            return queryset.filter(pk__in=members.values("recipient"))
        return queryset.filter(Exists(members.filter(recipient=OuterRef("pk"))))
