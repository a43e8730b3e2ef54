"""The form of a recipient."""

from typing import Any

from django import forms

from viber_messaging.admin.fields import phone_field
from viber_messaging.admin.recipient.attributes.field import AttributesField
from viber_messaging.admin.recipient.attributes.values import merged
from viber_messaging.models import Recipient


class RecipientForm(forms.ModelForm):  # type: ignore[type-arg]
    """A person with a phone."""

    class Meta:
        model = Recipient
        fields = ("phone", "name", "groups", "attributes")
        field_classes = {"attributes": AttributesField}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "phone" in self.fields:
            self.fields["phone"] = phone_field()

    def clean_attributes(self) -> Any:
        """Return the attributes; those that were not changed keep their types. Raises ValidationError."""
        return merged(self.cleaned_data["attributes"], self.instance.attributes)
