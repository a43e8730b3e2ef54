"""The button that asks the gateway for the account's balance."""

from django.contrib import messages
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from viber_messaging.admin.pages.sentences import Sentence
from viber_messaging.admin.pages.view import AdminView
from viber_messaging.admin.permissions import may_send
from viber_messaging.api import get_balance
from viber_messaging.conf import conf
from viber_messaging.gateway.entities import Balance
from viber_messaging.gateway.errors import GatewayError
from viber_messaging.gateway.http.deadlines import shared_deadline
from viber_messaging.words.explanations import translate_error

NO_BALANCE = (ImproperlyConfigured, GatewayError)
"""The exceptions if there is no answer."""


class BalanceView(AdminView):
    """Asks for the balance, and redirects to the app's first page, which shows it."""

    is_outside_transactions = True

    def post(self, request: HttpRequest) -> HttpResponse:
        """Ask."""
        self.require(may_send(request))
        try:
            read_balance()
        except NO_BALANCE as error:
            self.notify(*no_balance(error))
        site_name = self.model_admin.admin_site.name
        return HttpResponseRedirect(reverse("admin:app_list", args=["viber_messaging"], current_app=site_name))


def read_balance() -> Balance:
    """Return the account's balance, within the time that a person waits. Raises the exceptions in NO_BALANCE."""
    with shared_deadline(conf.INLINE_TIMEOUT):
        return get_balance()


def no_balance(error: Exception) -> Sentence:
    """Return a sentence that says why there was no answer."""
    return messages.ERROR, _("The balance could not be read. %(why)s") % {"why": translate_error(str(error))}
