"""Groups of recipients: counted, merged, copied, added to."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.admin.views.main import ORDER_VAR
from django.contrib.admin.widgets import AdminTextInputWidget
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.db.models import Case, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from viber_messaging.admin.pages.links import linked, url_of
from viber_messaging.admin.pages.sentences import Sentence
from viber_messaging.admin.pasted_numbers import PastingAdmin, Preview, Task
from viber_messaging.admin.recipient.deletion import GroupDeletingAdmin
from viber_messaging.admin.recipient.group_merge import MergingAdmin
from viber_messaging.delivery import consent
from viber_messaging.delivery.people.groups import GroupsChanged, add_phones, copy, count_known, count_members
from viber_messaging.models import RecipientGroup
from viber_messaging.statistics.groups import measure, sizes_of

LONGEST_NAME = 100


class CopyForm(forms.ModelForm):  # type: ignore[type-arg]
    """The name of a copy."""

    class Meta:
        model = RecipientGroup
        fields = ("name",)
        widgets = {"name": AdminTextInputWidget}


@admin.register(RecipientGroup)
class RecipientGroupAdmin(GroupDeletingAdmin, MergingAdmin, PastingAdmin):
    """Lists of people."""

    actions = [*GroupDeletingAdmin.actions, *MergingAdmin.actions]
    list_display = ["name", "recipient_count", "reachable_count", "opted_out_count"]
    search_fields = ["name"]

    def get_queryset(self, request: HttpRequest) -> "QuerySet[RecipientGroup]":
        """Count the people of all groups if the list is sorted; else the page counts those of its own."""
        groups: QuerySet[RecipientGroup] = super().get_queryset(request)
        return _sortable(groups) if ORDER_VAR in request.GET else groups

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """Count the people of a page's groups at once."""
        shown = super().get_changelist_instance(request)
        measure(shown.result_list)
        return shown

    def get_urls(self) -> list[URLPattern]:
        """Add the pages that copy a group and add to it."""
        wrap = self.admin_site.admin_view
        return [
            path("<path:object_id>/copy/", wrap(self.copy_view), name="viber_messaging_recipientgroup_copy"),
            path(
                "<path:object_id>/add-numbers/",
                wrap(self.add_numbers_view),
                name="viber_messaging_recipientgroup_add_numbers",
            ),
            *super().get_urls(),
        ]

    @admin.display(description=gettext_lazy("recipients"), ordering="people")
    def recipient_count(self, obj: Any) -> str:
        """Return how many people are in the group, and the way to them."""
        return self._count(obj, obj.people)

    @admin.display(description=gettext_lazy("may be written to"))
    def reachable_count(self, obj: Any) -> str:
        """Return how many of them did not opt out, and the way to them."""
        return self._count(obj, obj.people - obj.opted_out, "&opted_out=no")

    @admin.display(description=gettext_lazy("opted out"), ordering="opted_out")
    def opted_out_count(self, obj: Any) -> str:
        """Return how many of them opted out, and the way to them."""
        return self._count(obj, obj.opted_out, "&opted_out=yes")

    def _count(self, group: RecipientGroup, count: int, narrower: str = "") -> str:
        url = url_of("viber_messaging_recipient_changelist", self.admin_site.name)
        return linked(f"{url}?groups__id__exact={group.pk}{narrower}" if url else "", count)

    def copy_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask for a name; then make a group of that name with the same people."""
        if not (self.has_add_permission(request) and self.has_view_permission(request)):
            raise PermissionDenied
        group = self.get_object(request, unquote(object_id))
        if group is None:
            return self._gone(request, object_id)
        form = CopyForm(request.POST or None, initial={"name": _name_of_copy(group)})
        if request.method == "POST" and form.is_valid() and (made := _copied(form, group)):
            self.log_addition(request, made, _("Copied from: %(group)s") % {"group": group})
            sentence = _("“%(copy)s” has the people of “%(group)s” now.")
            self.message_user(request, sentence % {"copy": made, "group": group}, messages.SUCCESS)
            return HttpResponseRedirect(self._changelist())
        return self._page(
            request, "copy.html", title=_("Copy a group"), group=group, form=form, back=self._changelist()
        )

    def _may_add_numbers(self, request: HttpRequest) -> bool:
        """Tell whether this person may change groups and make recipients: adding numbers does both."""
        return self.has_change_permission(request) and bool(request.user.has_perm("viber_messaging.add_recipient"))

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Offer to add numbers to those who may."""
        context["viber_may_add_numbers"] = self._may_add_numbers(request)
        return super().render_change_form(request, context, *args, **kwargs)

    def add_numbers_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Add people to a group by pasting their numbers; those unknown become recipients."""
        if not self._may_add_numbers(request):
            raise PermissionDenied
        group = self.get_object(request, unquote(object_id))
        if group is None:
            return self._gone(request, object_id)
        task = Task(
            title=_("Add numbers to “%(group)s”") % {"group": group},
            explanation=_("Numbers that are not known yet become recipients. Nobody is opted in by this."),
            back=self._changelist(),
            preview=lambda phones: _preview(group, phones),
            perform=lambda phones: self._add(request, group, phones),
        )
        return self._paste(request, task)

    def _add(self, request: HttpRequest, group: RecipientGroup, phones: list[str]) -> Iterator[Sentence]:
        try:
            count = add_phones(group, phones)
        except GroupsChanged:
            yield messages.WARNING, _("Nothing was added: this group was deleted meanwhile.")
            return
        sentence = ngettext(
            "%(count)s number was added to “%(group)s”.", "%(count)s numbers were added to “%(group)s”.", count
        )
        text = sentence % {"count": count, "group": group}
        if count:
            self.log_change(request, group, text)
        yield messages.SUCCESS, text

    def _changelist(self) -> str:
        return reverse("admin:viber_messaging_recipientgroup_changelist", current_app=self.admin_site.name)


def _sortable(groups: "QuerySet[RecipientGroup]") -> "QuerySet[RecipientGroup]":
    """Let the groups be sorted by how many people are in each, and by how many of them opted out."""
    sizes = sizes_of(list(groups.values_list("pk", flat=True)))
    people, opted_out = (
        Case(*(When(pk=pk, then=Value(getattr(size, name))) for pk, size in sizes.items()), default=0)
        for name in ("people", "opted_out")
    )
    return groups.alias(people=people, opted_out=opted_out)


def _preview(group: RecipientGroup, phones: list[str]) -> Preview:
    members, known = count_members(group, phones), count_known(phones)
    count = len(phones) - members
    facts = [
        (_("Will be added"), count),
        (_("Of them new recipients"), len(phones) - known),
        (_("In the group already"), members),
        (_("Opted out, and sent nothing"), consent.count_opted_out(phones)),
    ]
    button = ngettext("Add %(count)s number", "Add %(count)s numbers", count) % {"count": count}
    return Preview(count=count, button=button, facts=facts)


def _name_of_copy(group: RecipientGroup) -> str:
    return (_("Copy of %(group)s") % {"group": group})[:LONGEST_NAME]


def _copied(form: CopyForm, group: RecipientGroup) -> RecipientGroup | None:
    """Return the copy; None, with an error in the form, when somebody took the name in this moment."""
    try:
        return copy(group, form.cleaned_data["name"])
    except IntegrityError:
        form.add_error("name", _("There is a group of this name already."))
        return None
