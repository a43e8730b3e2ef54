"""The form field for a recipient's attributes: typed JSON with names and values."""

import json
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.fields import InvalidJSONInput
from django.utils.translation import gettext_lazy as _

from viber_messaging.models.validators import is_keepable, validate_sendable


class AttributesField(forms.JSONField):
    """Refuses JSON that is not an object, or that some databases cannot store; empty means an empty object."""

    default_error_messages = {"object": _('Enter names and values, such as {"city": "Kyiv"}.')}
    empty_values = (None, "")

    def to_python(self, value: Any) -> Any:
        """Return the object. Raises ValidationError."""
        try:
            found = super().to_python(value)
            if not isinstance(found if found is not None else {}, dict):
                raise ValidationError(self.error_messages["object"], code="object")
            validate_sendable(json.dumps(found, ensure_ascii=False).replace("\\u0000", "\0"))
        except (RecursionError, ValueError) as error:
            raise ValidationError(self.error_messages["invalid"], code="invalid", params={"value": "…"}) from error
        return {} if found is None else found

    def bound_data(self, data: Any, initial: Any) -> Any:
        """Return the typed text unchanged, because parsing it again might fail, or give text that no page can show."""
        if self.disabled:
            return initial
        return None if data is None else InvalidJSONInput(data)

    def prepare_value(self, value: Any) -> Any:
        """Return the text to show; half a character, which code may have stored, is shown as its number."""
        shown = super().prepare_value(value)
        return json.dumps(value) if isinstance(shown, str) and not is_keepable(shown) else shown
