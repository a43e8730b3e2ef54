"""Delete messages, but never one that is on its way, because its outcome would be lost."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.actions import delete_selected as django_delete_selected
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from viber_messaging.admin.pages.base import BaseAdmin
from viber_messaging.delivery.storage import tables
from viber_messaging.models import Message, MessageChanged, SendAttempt
from viber_messaging.states import DELETABLE_STATES


class MessageDeletion(BaseAdmin):
    """Deletes drafts and completed messages."""

    def has_delete_permission(self, request: HttpRequest, obj: Message | None = None) -> bool:
        """Return whether this user may delete this message now."""
        return super().has_delete_permission(request, obj) and (obj is None or obj.state in DELETABLE_STATES)

    @admin.action(permissions=["delete"], description=gettext_lazy("Delete selected %(verbose_name_plural)s"))
    def delete_selected(self, request: HttpRequest, queryset: "QuerySet[Message]") -> HttpResponse | None:
        """Delete, after asking, messages that are not on their way; say how many are."""
        deletable = tables.messages().filter(pk__in=queryset.values("pk")).deletable()
        if kept := queryset.count() - deletable.count():
            sentence = ngettext(
                "%(count)s message was not deleted: it is on its way.",
                "%(count)s messages were not deleted: they are on their way.",
                kept,
            )
            self.message_user(request, sentence % {"count": kept}, messages.WARNING)
        return django_delete_selected(self, request, deletable) if deletable.exists() else None

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Allow deleting a message's attempts with it, although nobody may delete them alone."""
        deletable, counts, lacking, protected = super().get_deleted_objects(objs, request)
        return deletable, counts, set(lacking) - {SendAttempt._meta.verbose_name}, protected

    def delete_queryset(self, request: HttpRequest, queryset: "QuerySet[Message]") -> None:
        """Delete those that are still not on their way."""
        with tables.atomic():
            _locked(list(queryset.values_list("pk", flat=True))).delete()

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Delete one message after asking; say so if it was sent meanwhile."""
        try:
            return super().delete_view(request, object_id, extra_context)
        except MessageChanged as error:
            self.message_user(request, str(error), messages.WARNING)
            return HttpResponseRedirect(self.url_to("changelist"))

    def delete_model(self, request: HttpRequest, obj: Message) -> None:
        """Delete one message. Raises MessageChanged if it has been queued since the page was shown."""
        with tables.atomic():
            deleted, _per_model = _locked([obj.pk]).delete()
        if not deleted:
            raise MessageChanged(_("This message was not deleted: it is on its way."))


def _locked(pks: list[int]) -> "QuerySet[Message]":
    """Return the deletable messages, locked so that none is queued before it is deleted."""
    settled = tables.messages().filter(pk__in=pks).deletable()
    locked = list(settled.select_for_update().values_list("pk", flat=True))
    return tables.messages().filter(pk__in=locked).deletable()
