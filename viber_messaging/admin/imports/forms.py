"""The forms of an import: the file and its target, and the meaning of each column."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminTextInputWidget
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from viber_messaging.admin.fields import sender_field
from viber_messaging.delivery.storage import tables
from viber_messaging.importing import Subject
from viber_messaging.importing.readers.messages import CONTENT_ROLES
from viber_messaging.models import RecipientGroup
from viber_messaging.models.mixins.content import verbose_name_of
from viber_messaging.spreadsheets import Role, Table

ACCEPTED = ".xlsx,.csv,.tsv,.txt,.xls"
GROUP_NAME_LENGTH = RecipientGroup._meta.get_field("name").max_length

ROLE_LABELS: Mapping[Role, Any] = {
    Role.PHONE: gettext_lazy("Phone"),
    Role.NAME: gettext_lazy("Name"),
    **{role: capfirst(verbose_name_of(role)) for role in CONTENT_ROLES},
    Role.SCHEDULED_AT: gettext_lazy("Time"),
}
ASKED: Mapping[Subject, tuple[Role, ...]] = {
    Subject.RECIPIENTS: (Role.PHONE, Role.NAME),
    Subject.MESSAGES: tuple(role for role in ROLE_LABELS if role != Role.NAME),
    Subject.OPT_OUTS: (Role.PHONE,),
}


class UploadForm(forms.Form):
    """A spreadsheet."""

    file = forms.FileField(
        label=gettext_lazy("Spreadsheet"),
        widget=forms.FileInput(attrs={"accept": ACCEPTED}),
        help_text=gettext_lazy(
            "An Excel workbook (.xlsx) or a CSV file (.csv). One column must contain the phone numbers."
        ),
        error_messages={"empty": gettext_lazy("This file is empty; choose a file with one row for each person.")},
    )

    def options(self) -> dict[str, str]:
        """Return the options chosen besides the file."""
        return {}


class RecipientUploadForm(UploadForm):
    """A spreadsheet of people, and the group that they are added to."""

    group = forms.ModelChoiceField(
        RecipientGroup.objects.all(), label=gettext_lazy("Group"), required=False, empty_label=gettext_lazy("No group")
    )
    new_group = forms.CharField(
        label=gettext_lazy("or a new group"),
        max_length=GROUP_NAME_LENGTH,
        required=False,
        widget=AdminTextInputWidget,
        help_text=gettext_lazy("The group is created when you confirm the import."),
    )

    def clean(self) -> dict[str, Any]:
        """Refuse two groups."""
        data = super().clean() or {}
        if data.get("group") and data.get("new_group"):
            self.add_error("new_group", _("Choose a group or enter the name of a new one, not both."))
        return data

    def options(self) -> dict[str, str]:
        """Return the name of the group."""
        group = self.cleaned_data["group"]
        return {"group": group.name if group else self.cleaned_data.get("new_group", "")}


class MessageUploadForm(UploadForm):
    """A spreadsheet of messages, and the sender for rows without one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sender"] = sender_field("")
        self.initial.setdefault("sender", tables.senders().default_name())
        self.fields["sender"].required = False
        self.fields["sender"].help_text = _("Used for rows without a sender.")
        self.fields["file"].help_text = _(
            "An Excel workbook (.xlsx) or a CSV file (.csv) with the columns phone and text. Optional columns: "
            "sender, type, picture, button, link, time."
        )

    def options(self) -> dict[str, str]:
        """Return the sender."""
        return {"sender": self.cleaned_data["sender"]}


UPLOAD_FORMS: Mapping[Subject, type[UploadForm]] = {
    Subject.RECIPIENTS: RecipientUploadForm,
    Subject.MESSAGES: MessageUploadForm,
    Subject.OPT_OUTS: UploadForm,
}


class ColumnsForm(forms.Form):
    """The meaning of each column."""

    has_headings = forms.BooleanField(label=gettext_lazy("The columns have headings"), required=False, initial=True)

    leaves_hidden_out = forms.BooleanField(label=gettext_lazy("Leave out hidden rows"), required=False)

    def __init__(self, table: Table, subject: Subject, how: Mapping[str, Any], data: Any = None) -> None:
        super().__init__(data, initial={**how, "has_headings": table.heading_row > 0})
        if table.sheet is None:
            del self.fields["leaves_hidden_out"]
        self.roles = ASKED[subject]
        choices = [(str(column.index), label_of(column)) for column in table.columns]
        for role in self.roles:
            self.fields[role] = self.role_field(role, choices, table)

    def role_field(self, role: Role, choices: Sequence[tuple[str, str]], table: Table) -> forms.ChoiceField:
        """Return the choice of the column with one role."""
        is_needed = role == Role.PHONE
        nothing = ("", _("Choose the column") if is_needed else pgettext("column", "None"))
        column = table.column(role)
        initial = str(column.index) if column else ""
        return forms.ChoiceField(
            label=ROLE_LABELS[role], choices=[nothing, *choices], required=is_needed, initial=initial
        )

    def clean(self) -> dict[str, Any]:
        """Refuse a column with two roles."""
        data = super().clean() or {}
        columns = [data[role] for role in self.roles if data.get(role)]
        if len(columns) != len(set(columns)):
            raise forms.ValidationError(_("One column cannot be used for two things; choose a different column."))
        return data

    def chosen(self, table: Table) -> dict[str, str | None]:
        """Return the role of every column by index, as JSON values."""
        named = {self.cleaned_data[role]: str(role) for role in self.roles if self.cleaned_data[role]}
        return {str(column.index): named.get(str(column.index)) for column in table.columns}

    def reading(self) -> dict[str, bool]:
        """Return the options for reading rows."""
        return {name: self.cleaned_data[name] for name in ("has_headings", "leaves_hidden_out") if name in self.fields}


def label_of(column: Any) -> str:
    """Return the label of a column in a choice."""
    return column.letter if column.title in ("", column.letter) else f"{column.letter}: {column.title}"
