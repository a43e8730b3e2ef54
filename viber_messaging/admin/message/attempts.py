"""The admin for attempts: what was tried, when, and the outcome. Read-only."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern
from django.utils.translation import gettext_lazy as _

from viber_messaging.admin.lists.admin import ListAdmin
from viber_messaging.admin.lists.search import find_by_number, find_messages
from viber_messaging.admin.lists.search_box import SearchView
from viber_messaging.admin.pages.badges import badge
from viber_messaging.admin.pages.base import NOTHING
from viber_messaging.admin.pages.dates import moment_of
from viber_messaging.admin.pages.links import linked, url_of
from viber_messaging.admin.permissions import may_see_messages, may_see_people
from viber_messaging.models import Message, SendAttempt
from viber_messaging.states import AttemptOutcome
from viber_messaging.words.explanations import explain_outcome, name_message_code, translate_error

MOST_MESSAGES = 500
"""The most messages whose attempts a search shows; a longer beginning of a phone finds the others."""


class OutcomeFilter(admin.ChoicesFieldListFilter):
    """Filter by the outcome; outcomes other than accepted use a partial index."""

    def queryset(self, request: HttpRequest, queryset: "QuerySet[SendAttempt]") -> Any:
        """Narrow the list to one outcome, repeating the index's condition, because SQLite infers nothing."""
        found: Any = super().queryset(request, queryset)
        is_common = AttemptOutcome.ACCEPTED in (self.lookup_val or [AttemptOutcome.ACCEPTED])
        return found if is_common else found.exclude(outcome=AttemptOutcome.ACCEPTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptRow:
    """One attempt in words."""

    number: str
    started_at: datetime
    finished_at: datetime
    outcome: str
    outcome_label: str
    meaning: str
    said: str
    http_status: str
    reply: str


def rows_of(message: Message) -> list[AttemptRow]:
    """Return the attempts of a message in words, the last one first."""
    return [_row(attempt) for attempt in message.attempts.order_by("-pk")]


def _row(attempt: SendAttempt) -> AttemptRow:
    return AttemptRow(
        number=str(attempt.number),
        started_at=attempt.started_at,
        finished_at=attempt.finished_at,
        outcome=attempt.outcome,
        outcome_label=str(AttemptOutcome(attempt.outcome).label),
        meaning=explain_outcome(attempt.outcome),
        said=name_message_code(attempt.status_code) or translate_error(attempt.error),
        http_status=str(attempt.http_status or ""),
        reply=attempt.reply,
    )


STARTED_AT, FINISHED_AT = (moment_of(SendAttempt, name) for name in ("started_at", "finished_at"))


@admin.register(SendAttempt)
class SendAttemptAdmin(ListAdmin):
    """A read-only record of attempts."""

    list_display = ["message_reference", "number", STARTED_AT, "outcome_badge", "verdict", "msg_id", "http"]
    list_filter = [("outcome", OutcomeFilter)]
    list_select_related = ["message"]
    ordering = ["-id"]
    sortable_by = ()
    list_per_page = 50
    search_fields = ["message__reference"]
    search_help_text = _("The phone number, our ID or the gateway ID of a message.")
    fields = (
        "message_page", "number", STARTED_AT, FINISHED_AT, "outcome_badge", "verdict", "msg_id", "error_in_words",
        "http", "reply",
    )  # fmt: skip
    readonly_fields = fields

    def get_urls(self) -> list[URLPattern]:
        """Return the pages of attempts."""
        return [self.page("search/", SearchView, "search"), *super().get_urls()]

    def get_search_results(
        self, request: HttpRequest, queryset: "QuerySet[SendAttempt]", search_term: str
    ) -> tuple["QuerySet[SendAttempt]", bool]:
        """Find the attempts of messages found like this; by phone only for users who may view phones."""
        term = search_term.strip()
        if not term:
            return queryset, False
        messages = Message.objects.order_by("-pk")
        if may_see_messages(request):
            found = find_messages(messages, term, may_see_people=may_see_people(request))
        else:
            found = find_by_number(messages, term)
        keys = list(found.values_list("pk", flat=True)[:MOST_MESSAGES])
        # Not in the order of all attempts, which PostgreSQL would scan from the last one.
        return queryset.filter(message__in=keys).order_by("-message_id", "-pk"), False

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Return False: only sending writes attempts."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: SendAttempt | None = None) -> bool:
        """Return False: what happened cannot be edited."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: SendAttempt | None = None) -> bool:
        """Return False: attempts are only deleted with their message."""
        return False

    @admin.display(description=_("message"), ordering="message")
    def message_reference(self, obj: SendAttempt) -> str:
        """Return the message's reference without thousands separators."""
        return str(obj.message.reference)

    @admin.display(description=_("message"))
    def message_page(self, obj: SendAttempt) -> str:
        """Return a link to the message."""
        url = url_of("viber_messaging_message_change", self.admin_site.name, obj.message_id)
        return linked(url, str(obj.message.reference))

    @admin.display(description=_("outcome"), ordering="outcome")
    def outcome_badge(self, obj: SendAttempt) -> str:
        """Return the outcome in its colour."""
        return badge(f"outcome-{obj.outcome}", AttemptOutcome(obj.outcome).label)

    @admin.display(description=_("the gateway says"))
    def verdict(self, obj: SendAttempt) -> str:
        """Return the code in words, or why there is none."""
        return name_message_code(obj.status_code) or translate_error(obj.error) or NOTHING

    @admin.display(description=_("error"))
    def error_in_words(self, obj: SendAttempt) -> str:
        """Return the stored sentence in the reader's language."""
        return translate_error(obj.error) or NOTHING

    @admin.display(description="HTTP", ordering="http_status")
    def http(self, obj: SendAttempt) -> str:
        """Return the HTTP status, if there was an answer."""
        return str(obj.http_status or NOTHING)
