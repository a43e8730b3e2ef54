"""Explain what is lost before people and groups are deleted."""

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.actions import delete_selected as django_delete_selected
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from viber_messaging.admin.pages.base import BaseAdmin
from viber_messaging.admin.pages.sentences import Sentence
from viber_messaging.delivery.people import departure
from viber_messaging.delivery.storage import tables
from viber_messaging.models import Campaign, GroupInUse, Recipient, RecipientGroup


def is_asking(request: HttpRequest) -> bool:
    """Return whether this request shows the confirmation page, which explains what is lost."""
    return "post" not in request.POST


def of_people(recipients: Iterable[Recipient]) -> Iterator[Sentence]:
    """Yield what happens to waiting messages to these people."""
    found = departure.waiting(recipients)
    if found.unsent:
        yield (
            messages.WARNING,
            ngettext(
                "%(count)s message that has not been sent yet will be cancelled.",
                "%(count)s messages that have not been sent yet will be cancelled.",
                found.unsent,
            )
            % {"count": found.unsent},
        )
    if found.held:
        yield (
            messages.WARNING,
            ngettext(
                "The gateway holds %(count)s message that is scheduled for later. The gateway will be asked to cancel "
                "it.",
                "The gateway holds %(count)s messages that are scheduled for later. The gateway will be asked to "
                "cancel them.",
                found.held,
            )
            % {"count": found.held},
        )
    if found.in_flight:
        yield (
            messages.WARNING,
            ngettext(
                "%(count)s message is being sent or unconfirmed. It may still arrive; it is not sent again.",
                "%(count)s messages are being sent or unconfirmed. They may still arrive; they are not sent again.",
                found.in_flight,
            )
            % {"count": found.in_flight},
        )


def in_use(groups: Collection[Any]) -> list[str]:
    """Return, for each started campaign, why its groups cannot be deleted."""
    sentence = _("The campaign “%(campaign)s” was started and still needs this group. Cancel the campaign first.")
    return [sentence % {"campaign": campaign.name} for campaign in departure.campaigns_to_come(groups)]


def of_groups(groups: Collection[Any]) -> Iterator[Sentence]:
    """Yield which draft campaigns lose people."""
    names = ", ".join(f"“{campaign.name}”" for campaign in departure.drafts(groups))
    if names:
        yield messages.WARNING, _("These draft campaigns lose the people of the group: %(names)s.") % {"names": names}


def _without_memberships(deletable: list[Any]) -> list[Any]:
    """Return the nested list of what is deleted without a line for each person of a group: Django counts them above."""
    names = [str(through._meta.verbose_name) for through in (Recipient.groups.through, Campaign.groups.through)]
    lines = tuple(f"{capfirst(name)}: " for name in names)
    kept = [_without_memberships(item) if isinstance(item, list) else item for item in deletable]
    return [item for item in kept if item and not (isinstance(item, str) and item.startswith(lines))]


class GroupDeletion(BaseAdmin):
    """Deletes groups, except those that a started campaign still needs."""

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Protect the groups of started campaigns; show which draft campaigns lose people."""
        deletable, counts, lacking, protected = super().get_deleted_objects(objs, request)
        keys = [group.pk for group in objs]
        if is_asking(request):
            self.say(request, of_groups(keys))
        return _without_memberships(deletable), counts, lacking, [*protected, *in_use(keys)]

    @admin.action(permissions=["delete"], description=gettext_lazy("Delete selected %(verbose_name_plural)s"))
    def delete_selected(self, request: HttpRequest, queryset: "QuerySet[RecipientGroup]") -> HttpResponse | None:
        """Delete after asking; say so if a campaign was started meanwhile."""
        try:
            with transaction.atomic(using=tables.alias()):
                return django_delete_selected(self, request, queryset)
        except GroupInUse:
            self._say_in_use(request)
            return None

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Delete one group after asking; say so if a campaign was started meanwhile."""
        try:
            return super().delete_view(request, object_id, extra_context)
        except GroupInUse:
            self._say_in_use(request)
            return HttpResponseRedirect(self.url_to("changelist"))

    def _say_in_use(self, request: HttpRequest) -> None:
        sentence = _("Nothing was deleted: a campaign to this group was started in the meantime.")
        self.message_user(request, sentence, messages.WARNING)
