"""Recipients and their groups."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from viber_messaging.admin.base import BaseAdmin
from viber_messaging.admin.forms import RecipientForm
from viber_messaging.admin.searching import phone_query
from viber_messaging.models import Recipient, RecipientGroup


class OptedOutFilter(admin.SimpleListFilter):
    """Those who may be written to, and those who may not."""

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


@admin.register(Recipient)
class RecipientAdmin(BaseAdmin):
    """People, found by name or by any spelling of their phone."""

    form = RecipientForm
    list_display = ["phone", "name", "group_names", "opted_out_at"]
    list_filter = [OptedOutFilter, "groups"]
    search_fields = ["phone", "name"]
    search_help_text = _("A part of the name, or a phone in any spelling.")
    filter_horizontal = ["groups"]
    ordering = ["-id"]
    actions = ["opt_out"]

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Recipient]":
        """Read the groups of a page at once."""
        return super().get_queryset(request).prefetch_related("groups")

    def get_search_results(
        self, request: HttpRequest, queryset: "QuerySet[Recipient]", search_term: str
    ) -> tuple["QuerySet[Recipient]", bool]:
        """Find by phone or name."""
        term = search_term.strip()
        found = phone_query(term) | Q(name__icontains=term)
        return (queryset.filter(found) if term else queryset), False

    @admin.display(description=_("groups"))
    def group_names(self, obj: Recipient) -> str:
        """Return the groups, by name."""
        return ", ".join(group.name for group in obj.groups.all())

    @admin.action(permissions=["change"], description=_("Opt out selected recipients: send them nothing more"))
    def opt_out(self, request: HttpRequest, queryset: "QuerySet[Recipient]") -> None:
        """Note now as the moment of opting out, where none is noted yet."""
        count = queryset.filter(opted_out_at=None).update(opted_out_at=timezone.now())
        sentence = ngettext("%(count)s recipient is opted out now.", "%(count)s recipients are opted out now.", count)
        self.message_user(request, sentence % {"count": count}, messages.SUCCESS)


@admin.register(RecipientGroup)
class RecipientGroupAdmin(BaseAdmin):
    """Lists of people."""

    list_display = ["name", "recipient_count"]
    search_fields = ["name"]

    def get_queryset(self, request: HttpRequest) -> "QuerySet[RecipientGroup]":
        """Count the people of each group in the same query."""
        groups: QuerySet[RecipientGroup] = super().get_queryset(request)
        return groups.annotate(people=Count("recipients"))

    @admin.display(description=_("recipients"), ordering="people")
    def recipient_count(self, obj: Any) -> int:
        """Return how many people are in the group."""
        return int(obj.people)
