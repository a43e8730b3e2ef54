"""*Send failed messages again*: the question before the failures of the last days are sent again, and the deed."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from viber_messaging.admin.message.actions.confirmation import CONFIRMED, confirmed_count
from viber_messaging.admin.message.actions.execution import beyond_user, carry_out
from viber_messaging.admin.message.actions.table import RETRY
from viber_messaging.admin.pages.view import AdminView
from viber_messaging.delivery.campaign import retries
from viber_messaging.delivery.campaign.retries import Reasons, Retry
from viber_messaging.models.message_queries import MessageQuerySet
from viber_messaging.words.explanations import name_message_code, translate_error


class ResendView(AdminView):
    """Shows which messages failed lately, and why; sends those again that may succeed, if their number is confirmed."""

    is_outside_transactions = True

    def get(self, request: HttpRequest) -> HttpResponse:
        """Ask."""
        self.require(self.model_admin.has_send_permission(request))
        return self.render(
            "message/resend.html", days=retries.RECENT.days, **question_about(retries.plan_of(self._failed()))
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        """Send them again, unless there are more than the page showed."""
        self.require(self.model_admin.has_send_permission(request))
        hopeful = retries.hopeful(self._failed())
        count = hopeful.count()
        if count > confirmed_count(request):
            self.notify(messages.WARNING, _("There are more messages than a moment ago. Check the number again."))
            return self.go_to("resend")
        if count:
            carry_out(RETRY, self.model_admin, request, hopeful)
        else:
            self.notify(messages.WARNING, _("There is nothing that can be sent again."))
        return self._leave()

    def _failed(self) -> MessageQuerySet:
        return retries.recent_failures().exclude(beyond_user(RETRY, self.request))

    def _leave(self) -> HttpResponse:
        if self.model_admin.has_view_or_change_permission(self.request):
            return self.go_to("changelist")
        return HttpResponseRedirect(reverse("admin:index", current_app=self.model_admin.admin_site.name))


def question_about(found: Retry) -> dict[str, Any]:
    """Return the context of ``again.html``: how many would be sent again, and why they failed."""
    return {
        "title": _("Send the failed messages again?"),
        "count": found.count,
        "confirmed": CONFIRMED,
        "reasons": list(in_words(found.reasons)),
        "left_out": list(in_words(found.left_out)),
    }


def in_words(reasons: Reasons) -> Iterator[tuple[str, int]]:
    """Yield the reasons in words with their counts, each once."""
    named = Counter[str]()
    for (code, error), count in reasons.items():
        named[name_message_code(code) or translate_error(error) or _("no reason is stored")] += count
    yield from named.most_common()
