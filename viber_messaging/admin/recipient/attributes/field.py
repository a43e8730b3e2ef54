"""A recipient's attributes as rows of a name and a value."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from viber_messaging.admin.pages.address import number_in
from viber_messaging.admin.recipient.attributes.values import equal_lines, is_fixed, shown
from viber_messaging.models.recipient import attributes_of
from viber_messaging.models.validators import validate_sendable

SPARE = 3
"""The number of empty rows; a script adds more."""


class Rows(list[tuple[str, str]]):
    """The names and values of the form, as they were typed."""


def rows_of(attributes: Any) -> Rows:
    """Return stored attributes as the form shows them."""
    return Rows((name, shown(value)) for name, value in attributes_of(attributes).items())


class AttributeRows(forms.Widget):
    """A table with an input for each name and each value, and some empty rows."""

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """Return the rows; what is no text cannot be edited, only removed."""
        fixed = {key for key, stored in attributes_of(value).items() if is_fixed(stored)}
        rows = value if isinstance(value, Rows) else rows_of(value)
        shown_rows = [(key, text, key in fixed, "\n" in text) for key, text in [*rows, *[("", "")] * SPARE]]
        return {"name": name, "rows": shown_rows}

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """Return the table, from a template that the site can override."""
        return render_to_string("viber_messaging/attributes.html", self.get_context(name, value, attrs))

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Rows:
        """Return the rows that are not empty, in order."""
        rows = ((data.get(f"{name}_name_{row}", ""), data.get(f"{name}_value_{row}", "")) for row in _rows(data, name))
        return Rows((key, value) for key, value in rows if key.strip() or value.strip())

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        """Return whether the form had no such table."""
        return name not in data


def _rows(data: Any, name: str) -> list[int]:
    """Return the numbers of the rows in posted data."""
    found = (number_in(key.removeprefix(f"{name}_{part}_")) for part in ("name", "value") for key in data)
    return sorted({number for number in found if number is not None})


class AttributesField(forms.Field):
    """Refuses values without a name, a name that is used twice, and what some databases cannot store."""

    widget = AttributeRows
    default_error_messages = {
        "nameless": _("The value “%(value)s” has no name."),
        "repeated": _("The name “%(name)s” is used twice."),
    }

    def __init__(self, *, encoder: Any = None, decoder: Any = None, **options: Any) -> None:
        # The model's default would add a hidden copy of the stored attributes, as one text.
        super().__init__(**{**options, "show_hidden_initial": False})

    def prepare_value(self, value: Any) -> Any:
        """Return what the widget shows: what was typed, or what is stored."""
        return value

    def clean(self, value: Any) -> Rows:
        """Return the rows. Raises ValidationError that names each wrong one."""
        rows = value if isinstance(value, Rows) else Rows()
        if errors := list(self._errors(rows)):
            raise ValidationError(errors)
        return rows

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Return whether a person changed anything."""
        return bool(rows_of(initial) != [(name, equal_lines(value)) for name, value in data])

    def _errors(self, rows: Rows) -> Iterator[ValidationError]:
        names = [name.strip() for name, _value in rows]
        for (name, value), key in zip(rows, names, strict=True):
            try:
                validate_sendable(name + value)
            except ValidationError as error:
                yield error
            if not key:
                yield ValidationError(self.error_messages["nameless"], code="nameless", params={"value": value})
        for key in sorted({key for key in names if key and names.count(key) > 1}):
            yield ValidationError(self.error_messages["repeated"], code="repeated", params={"name": key})
