"""Add people to a group by pasting their numbers; unknown ones become recipients."""

from collections.abc import Iterator

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from viber_messaging.admin.pages.sentences import Sentence, in_english
from viber_messaging.admin.pasted_numbers.page import PastedNumbersView, Preview
from viber_messaging.delivery import consent
from viber_messaging.delivery.people.groups import GroupsChanged, add_phones, count_known, count_members
from viber_messaging.models import RecipientGroup


class AddNumbersView(PastedNumbersView):
    """Adds the numbers, for users who may change groups and create recipients."""

    group: RecipientGroup

    def get(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show the form, then what would be done; do it after confirmation."""
        self.require(self.model_admin.may_add_numbers(request))
        group = self.model_admin.get_object(request, unquote(object_id))
        if group is None:
            gone: HttpResponse = self.model_admin.render_gone(request, object_id)
            return gone
        self.group = group
        self.title = _("Add numbers to “%(group)s”") % {"group": group}
        self.explanation = _("New numbers become recipients. This does not opt anybody in.")
        return self.show(request)

    post = get

    def preview(self, phones: list[str]) -> Preview:
        """Return how many would be added, and how many of them are new."""
        members, known = count_members(self.group, phones), count_known(phones)
        count = len(phones) - members
        facts = [
            (_("Will be added"), count),
            (_("New recipients among them"), len(phones) - known),
            (_("Already in the group"), members),
            (_("Opted out: they get nothing"), consent.count_opted_out(phones)),
        ]
        button = ngettext("Add %(count)s number", "Add %(count)s numbers", count) % {"count": count}
        return Preview(count=count, button=button, facts=facts)

    def perform(self, phones: list[str]) -> Iterator[Sentence]:
        """Add them."""
        try:
            count = add_phones(self.group, phones)
        except GroupsChanged:
            yield messages.WARNING, _("Nothing was added: this group was deleted in the meantime.")
            return
        if count:
            self.model_admin.log_change(self.request, self.group, in_english(lambda: _added(count, self.group)))
        yield messages.SUCCESS, _added(count, self.group)


def _added(count: int, group: RecipientGroup) -> str:
    sentence = ngettext(
        "%(count)s number was added to “%(group)s”.", "%(count)s numbers were added to “%(group)s”.", count
    )
    return sentence % {"count": count, "group": group}
