"""The button that asks the gateway what is left on the account."""

from django.contrib import messages
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from viber_messaging.admin.pages.view import AdminView
from viber_messaging.admin.permissions import may_send
from viber_messaging.api import get_balance
from viber_messaging.conf import conf
from viber_messaging.gateway.errors import GatewayError
from viber_messaging.gateway.http.deadlines import shared_deadline
from viber_messaging.words.explanations import translate_error


class BalanceView(AdminView):
    """Asks, and goes back to the app's first page, which shows the balance."""

    is_outside_transactions = True

    def post(self, request: HttpRequest) -> HttpResponse:
        """Ask."""
        self.require(may_send(request))
        try:
            with shared_deadline(conf.INLINE_TIMEOUT):
                get_balance()
        except (ImproperlyConfigured, GatewayError) as error:
            why = translate_error(str(error))
            self.tell(messages.ERROR, _("The balance could not be read. %(why)s") % {"why": why})
        site_name = self.model_admin.admin_site.name
        return HttpResponseRedirect(reverse("admin:app_list", args=["viber_messaging"], current_app=site_name))
