"""*Try now*: a person asks to try the gateway again."""

from django.contrib import messages
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from viber_messaging.admin.pages.banner import find_gateway_problem, find_problem
from viber_messaging.admin.pages.view import AdminView
from viber_messaging.admin.permissions import may_send
from viber_messaging.conf import conf
from viber_messaging.delivery.connection import health, outages
from viber_messaging.delivery.storage import tables
from viber_messaging.gateway.errors import GatewayError
from viber_messaging.nudges import nudge_after_commit
from viber_messaging.states import MessageState
from viber_messaging.words.explanations import translate_error


class TryNowView(AdminView):
    """Tries the gateway, for users who may send, and redirects back."""

    is_outside_transactions = True

    def post(self, request: HttpRequest) -> HttpResponse:
        """Try the gateway."""
        self.require(may_send(request))
        self.notify(*try_now())
        return HttpResponseRedirect(self._way_back(request))

    def _way_back(self, request: HttpRequest) -> str:
        here = request.POST.get("here", "")
        if here and url_has_allowed_host_and_scheme(here, {request.get_host()}, require_https=request.is_secure()):
            return here
        return reverse("admin:index", current_app=self.model_admin.admin_site.name)


def try_now() -> tuple[int, str]:
    """Ask the gateway for the balance, the cheapest request; if it answers, send what waits according to DISPATCH.

    Return the level and the sentence for the user. Raises TransactionOpen inside a transaction.
    """
    tables.assert_no_transaction()
    health.resume()
    if complaint := _ask():
        return messages.ERROR, complaint
    nudge_after_commit(_first_due(), announced=True)
    problem = find_problem()
    if problem is not None:
        return messages.ERROR, problem.sentence
    return messages.SUCCESS, _good_news()


def _ask() -> str:
    """Return why the gateway could not be asked; empty if it answered."""
    since = timezone.now()
    try:
        with health.open_client(total_timeout_seconds=min(conf.INLINE_TIMEOUT, conf.TOTAL_TIMEOUT)) as client:
            client.balance()
    except ImproperlyConfigured as error:
        return translate_error(str(error))
    except GatewayError as error:
        outages.failed(error, since=since)
        problem = find_gateway_problem()
        return problem.explanation if problem else translate_error(str(error))
    outages.succeeded(since=since)
    return ""


def _first_due() -> list[int]:
    queued = tables.messages().filter(state=MessageState.QUEUED)
    return list(queued.order_by("pk").values_list("pk", flat=True)[: conf.INLINE_LIMIT])


def _good_news() -> str:
    waiting = tables.messages().filter(state=MessageState.QUEUED).count()
    if not waiting:
        return _("The gateway answers. No messages are waiting.")
    sentence = ngettext(
        "The gateway answers. %(count)s message is still waiting and will be sent automatically.",
        "The gateway answers. %(count)s messages are still waiting and will be sent automatically.",
        waiting,
    )
    return sentence % {"count": waiting}
