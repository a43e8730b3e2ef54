"""What can be done with many messages at once. Each action asks for its permission and says what it did to how many."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from viber_messaging.admin.message.actions.confirmation import ConfirmingAdmin
from viber_messaging.admin.message.actions.results import (
    cancelled,
    left,
    marked,
    named,
    put_on_their_way,
    refreshed,
    trusted,
)
from viber_messaging.admin.pages.base import may_send, outside_transactions
from viber_messaging.delivery import consent
from viber_messaging.delivery.connection import account
from viber_messaging.delivery.queue import moves
from viber_messaging.delivery.runs import worker
from viber_messaging.delivery.status import manual
from viber_messaging.delivery.storage import tables
from viber_messaging.delivery.storage.batches import batches
from viber_messaging.models.message import MessageQuerySet
from viber_messaging.nudges import nudge_after_commit, nudge_due
from viber_messaging.states import REFRESHABLE_STATES, RETRYABLE_STATES, SENDABLE_STATES, MessageState

REFRESHED_AT_ONCE = 500
"""A web request must end: more than these are left to the worker, which asks by itself."""


class MessageActions(ConfirmingAdmin):
    """Send, retry, cancel, refresh; and the word of a person on what is in doubt for too long."""

    actions: Sequence[Any] = (
        "send_selected",
        "retry_selected",
        "cancel_selected",
        "refresh_selected",
        "mark_sent",
        "send_again",
        "trust_account",
    )

    @outside_transactions
    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show the list, or run an action."""
        return super().changelist_view(request, extra_context)

    def has_send_permission(self, request: HttpRequest) -> bool:
        """Tell whether this person may make the gateway send."""
        return may_send(request)

    @admin.action(permissions=["send"], description=gettext_lazy("Send selected messages"))
    def send_selected(self, request: HttpRequest, queryset: MessageQuerySet) -> HttpResponse | None:
        """Queue the drafts and the failed ones, and send them as DISPATCH says."""
        self._require_send(request)
        if question := self.ask_first(request, queryset, "send_selected"):
            return question
        total = queryset.count()
        pks = moves.move(queryset, SENDABLE_STATES, MessageState.QUEUED)
        self._keep(request, pks, _("Sent"))
        self._send(request, pks)
        sendable = queryset.filter(state__in=SENDABLE_STATES)
        self._leave(request, sendable, total - len(pks), _("only drafts and failed messages can be sent"))
        return None

    @admin.action(permissions=["send"], description=gettext_lazy("Retry selected messages"))
    def retry_selected(self, request: HttpRequest, queryset: MessageQuerySet) -> HttpResponse | None:
        """Queue again what failed, was rejected or cancelled."""
        self._require_send(request)
        if question := self.ask_first(request, queryset, "retry_selected"):
            return question
        total = queryset.count()
        pks = moves.retry(queryset)
        self._keep(request, pks, _("Retried"))
        self._send(request, pks)
        why = _("only messages in these states can be retried: %(states)s") % {"states": named(RETRYABLE_STATES)}
        self._leave(request, queryset.filter(state__in=RETRYABLE_STATES), total - len(pks), why)
        return None

    @admin.action(permissions=["send"], description=gettext_lazy("Cancel selected messages"))
    def cancel_selected(self, request: HttpRequest, queryset: MessageQuerySet) -> HttpResponse | None:
        """Cancel what waits here, and ask the gateway to delete what it has not handed on."""
        self._require_send(request)
        if question := self.ask_first(request, queryset, "cancel_selected"):
            return question
        total = queryset.count()
        pks = list(queryset.exclude(state=MessageState.CANCELLED).values_list("pk", flat=True))
        cancellation = worker.cancel(queryset)
        self._keep(request, pks, _("Cancelled"), state=MessageState.CANCELLED)
        self._say(request, cancelled(cancellation))
        count = total - cancellation.cancelled - cancellation.too_late - cancellation.unclear
        if not cancellation.problem:
            self._say(request, left(count, _("only what waits, or what the gateway still holds, can be cancelled")))
        return None

    @admin.action(permissions=["send"], description=gettext_lazy("Refresh status of selected messages"))
    def refresh_selected(self, request: HttpRequest, queryset: MessageQuerySet) -> None:
        """Ask the gateway now what became of these."""
        self._require_send(request)
        total = queryset.count()
        askable = queryset.filter(state__in=REFRESHABLE_STATES).order_by("-pk")
        pks = list(askable.values_list("pk", flat=True)[:REFRESHED_AT_ONCE])
        if pks:
            self._say(request, refreshed(len(pks), worker.refresh(tables.messages().filter(pk__in=pks))))
        why = _("the gateway knows nothing more of them, or they are too many to ask for at once")
        self._say(request, left(total - len(pks), why))

    @admin.action(permissions=["send"], description=gettext_lazy("In doubt: mark as sent"))
    def mark_sent(self, request: HttpRequest, queryset: MessageQuerySet) -> HttpResponse | None:
        """Take this person's word that messages which nobody can ask about any more were sent."""
        self._require_send(request)
        if question := self.ask_first(request, queryset, "mark_sent"):
            return question
        total = queryset.count()
        pks = manual.mark_sent(manual.undecided(queryset))
        self._keep(request, pks, _("Marked as sent"))
        self._say(request, marked(len(pks)))
        self._say(request, left(total - len(pks), _only_doubtful()))
        return None

    @admin.action(permissions=["send"], description=gettext_lazy("In doubt: send again"))
    def send_again(self, request: HttpRequest, queryset: MessageQuerySet) -> HttpResponse | None:
        """Send once more, on this person's word, messages which may have been sent long ago."""
        self._require_send(request)
        if question := self.ask_first(request, queryset, "send_again"):
            return question
        total = queryset.count()
        pks = manual.send_again(manual.undecided(queryset))
        self._keep(request, pks, _("Sent again, though it may have been sent"))
        self._send(request, pks)
        self._leave(request, manual.undecided(queryset), total - len(pks), _only_doubtful())
        return None

    @admin.action(permissions=["send"], description=gettext_lazy("In doubt: same account, ask it again"))
    def trust_account(self, request: HttpRequest, queryset: MessageQuerySet) -> HttpResponse | None:
        """Take this person's word that the account in use is the one that these may have been sent with."""
        self._require_send(request)
        if question := self.ask_first(request, queryset, "trust_account"):
            return question
        total = queryset.count()
        pks = manual.trust_account(queryset.filter(error=account.OTHER_ACCOUNT))
        self._keep(request, pks, _("Same account: asked again"))
        nudge_due()
        self._say(request, trusted(len(pks)))
        why = _("only messages that may have been sent with another address or key are asked for so")
        self._say(request, left(total - len(pks), why))
        return None

    def _require_send(self, request: HttpRequest) -> None:
        if not self.has_send_permission(request):
            raise PermissionDenied

    def _send(self, request: HttpRequest, pks: list[int]) -> None:
        """Say that these are queued, in the way of DISPATCH, and tell how they stand afterwards."""
        if pks:
            nudge_after_commit(pks)
            self._say(request, put_on_their_way(pks))

    def _keep(self, request: HttpRequest, pks: Sequence[int], what: str, **only: Any) -> None:
        """Keep who did this and when, in each message's history; a batch at a time, however many were selected."""
        user_id: Any = request.user.pk
        for batch in batches(pks):
            done = tables.messages().filter(pk__in=batch, **only)
            LogEntry.objects.log_actions(user_id, done, CHANGE, change_message=what)

    def _leave(self, request: HttpRequest, queryset: MessageQuerySet, count: int, why: str) -> None:
        """Tell that ``count`` of these messages were left as they were, and why; the others for ``why``.

        ``queryset`` holds those that were left only because nobody wants them, or because the gateway has had them.
        """
        untaken = queryset.untaken()
        taken, refused = queryset.count() - untaken.count(), consent.unwanted(untaken).count()
        self._say(request, left(taken, _("the gateway has had it already; copy it as a new message instead")))
        self._say(request, left(refused, _("the recipient opted out, and is sent nothing more")))
        self._say(request, left(count - taken - refused, why))


def _only_doubtful() -> str:
    return _("only unconfirmed messages that wait for a person's word are decided so")
