"""*Stop all sending*: the question, the stop, and the end of it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from viber_messaging.admin.pages.view import AdminView
from viber_messaging.delivery.queue import holds
from viber_messaging.nudges import nudge_due


class StopAllView(AdminView):
    """Asks, and stops or resumes sending, for users who may send campaigns."""

    is_outside_transactions = True

    def get(self, request: HttpRequest) -> HttpResponse:
        """Ask. Every page of ours links here."""
        self.require(self.model_admin.has_send_permission(request))
        return self.render("campaign/stop_all.html", title=_("Stop all sending?"), viber_stop_url="")

    def post(self, request: HttpRequest) -> HttpResponse:
        """Stop or resume all sending."""
        self.require(self.model_admin.has_send_permission(request))
        if request.POST.get("do") == "go_on":
            holds.let_go_on()
            nudge_due()
            self.notify(messages.SUCCESS, _("Sending has resumed."))
        else:
            holds.stop_all(request.user)
            self.notify(
                messages.WARNING, _("All sending is stopped. Requests that were already under way are completed.")
            )
        page = "viber_messaging_campaign_changelist" if self.model_admin.has_view_permission(request) else "index"
        return HttpResponseRedirect(reverse(f"admin:{page}", current_app=self.model_admin.admin_site.name))
