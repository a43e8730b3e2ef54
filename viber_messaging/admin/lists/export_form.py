"""The form of an export: which rows, in which format."""

from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminRadioSelect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from viber_messaging.exports import Format

FORMAT_CHOICES = [
    (Format.XLSX.value, gettext_lazy("Workbook (.xlsx), for Excel and LibreOffice")),
    (Format.CSV.value, gettext_lazy("CSV file (.csv), for other programs")),
]
RADIO_LIST = {"class": "radiolist"}


class ExportForm(forms.Form):
    """The rows that the list shows or all of them, as a workbook or as text."""

    scope = forms.ChoiceField(label=gettext_lazy("Rows"), widget=AdminRadioSelect(attrs=RADIO_LIST))
    format = forms.ChoiceField(
        label=gettext_lazy("File"), choices=FORMAT_CHOICES, widget=AdminRadioSelect(attrs=RADIO_LIST)
    )
    filters = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, counts: dict[str, int], **options: Any) -> None:
        super().__init__(**options)
        labels = {"shown": _("Results of the search and the filters: %(count)s"), "all": _("All: %(count)s")}
        self.fields["scope"].choices = [  # type: ignore[attr-defined]
            (scope, labels[scope] % {"count": count}) for scope, count in counts.items()
        ]
