"""Copy a group under another name, with the same people."""

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.contrib.admin.widgets import AdminTextInputWidget
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from viber_messaging.admin.pages.sentences import in_english
from viber_messaging.admin.pages.view import AdminView
from viber_messaging.delivery.people.groups import copy
from viber_messaging.models import RecipientGroup

LONGEST_NAME = 100


class CopyForm(forms.ModelForm):  # type: ignore[type-arg]
    """The name of a copy."""

    class Meta:
        model = RecipientGroup
        fields = ("name",)
        widgets = {"name": AdminTextInputWidget}


class CopyView(AdminView):
    """Asks for a name, then creates a group with that name and the same people."""

    def get(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask for the name, or create the copy."""
        ours = self.model_admin
        self.require(ours.has_add_permission(request) and ours.has_view_permission(request))
        group = ours.get_object(request, unquote(object_id))
        if group is None:
            gone: HttpResponse = ours.render_gone(request, object_id)
            return gone
        form = CopyForm(request.POST or None, initial={"name": _name_of_copy(group)})
        if request.method == "POST" and form.is_valid() and (made := _copied(form, group)):
            return self._report(group, made)
        return self.render("copy.html", title=_("Copy a group"), group=group, form=form, back=ours.url_to("changelist"))

    post = get

    def _report(self, group: RecipientGroup, made: RecipientGroup) -> HttpResponse:
        self.model_admin.log_addition(
            self.request, made, in_english(lambda: _("Copied from: %(group)s") % {"group": group})
        )
        sentence = _("“%(copy)s” now has the people of “%(group)s”.")
        self.notify(messages.SUCCESS, sentence % {"copy": made, "group": group})
        return self.go_to("changelist")


def _name_of_copy(group: RecipientGroup) -> str:
    return (_("Copy of %(group)s") % {"group": group})[:LONGEST_NAME]


def _copied(form: CopyForm, group: RecipientGroup) -> RecipientGroup | None:
    """Return the copy; None, with an error in the form, if somebody has just used the name."""
    try:
        return copy(group, form.cleaned_data["name"])
    except IntegrityError:
        form.add_error("name", _("A group with this name already exists."))
        return None
