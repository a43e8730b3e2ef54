"""The form for pasted numbers: one field for all of them."""

from django import forms
from django.contrib.admin.widgets import AdminTextareaWidget
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from viber_messaging.admin.pasted_numbers.numbers import entries

LONGEST_TEXT = 1_000_000
MOST_NUMBERS = 50_000


class PasteForm(forms.Form):
    """One field for all numbers."""

    numbers = forms.CharField(
        label=gettext_lazy("Numbers"),
        max_length=LONGEST_TEXT,
        widget=AdminTextareaWidget(
            attrs={"rows": 14, "inputmode": "tel", "autocomplete": "off", "spellcheck": "false", "autofocus": True}
        ),
        help_text=gettext_lazy("One on each line, or separated by commas or semicolons, in any common format."),
        error_messages={"max_length": gettext_lazy("This is too much for one form; paste it in several parts.")},
    )

    def __init__(self, data: object = None, **kwargs: object) -> None:
        super().__init__(data, **kwargs)  # type: ignore[arg-type]
        # A browser would silently cut off the list at its maximum length.
        self.fields["numbers"].widget.attrs.pop("maxlength", None)

    def clean_numbers(self) -> list[str]:
        """Return the given numbers. Raises ValidationError if there are too many, or none."""
        found = entries(self.cleaned_data["numbers"])
        if not found:
            raise ValidationError(_("There are no numbers here."), code="required")
        if len(found) > MOST_NUMBERS:
            raise ValidationError(self.fields["numbers"].error_messages["max_length"], code="max_length")
        return found
