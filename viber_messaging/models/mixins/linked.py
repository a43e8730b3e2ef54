"""Links between a message and the rest of the site: the site's own data, and the object that it is about."""

import json
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

LINKED_FIELDS = ("metadata", "about_model", "about_id")


class Linked(models.Model):
    """Stores the link by model name, not by content type, because content types have other keys in another database.

    It works with keys of any type and with models of any database, and outlives the object.
    """

    metadata: "models.JSONField[Any, Any]" = models.JSONField(
        _("the site's own data"), blank=True, default=dict, editable=False, encoder=DjangoJSONEncoder
    )
    about_model = models.CharField(max_length=201, blank=True, default="", editable=False)
    # Null instead of empty if there is none, because the index leaves out nulls.
    about_id = models.CharField(max_length=255, null=True, editable=False)  # noqa: DJ001

    class Meta:
        abstract = True

    def clean(self) -> None:
        """Check that the site's own data is a mapping that every database can store: JSON has no NaN or infinity."""
        super().clean()
        if not isinstance(self.metadata, dict):
            unnamed = _("The site's own data must map names to values, such as {'order': 42}.")
            raise ValidationError({"metadata": ValidationError(unnamed, code="invalid")})
        try:
            if self.metadata:
                json.dumps(self.metadata, cls=DjangoJSONEncoder, allow_nan=False)
        except ValueError as error:
            sentence = _("It cannot be stored as JSON: %(reason)s.") % {"reason": error}
            raise ValidationError({"metadata": ValidationError(sentence, code="invalid")}) from error

    @property
    def about_class(self) -> type[models.Model] | None:
        """The model of the object that this is about; None if the site has no such model, or no longer."""
        try:
            model = apps.get_model(self.about_model)
        except (LookupError, ValueError):
            return None
        return None if model._meta.swapped else model

    @property
    def about(self) -> models.Model | None:
        """The site's object that this is about, read from the database each time; None if it no longer exists."""
        model = self.about_class
        if model is None:
            return None
        try:
            found: models.Model | None = model._base_manager.filter(pk=self.about_id).first()
        except (ValidationError, ValueError):  # its keys used to have another type
            return None
        return found

    @about.setter
    def about(self, related: models.Model | None) -> None:
        for name, value in link_to(related).items():
            setattr(self, name, value)


def link_to(related: models.Model | None) -> dict[str, str | None]:
    """Return the fields that point to ``related``.

    Raises TypeError if it is not a model instance, ValueError if it is not saved and so has no key.
    """
    if related is None:
        return {"about_model": "", "about_id": None}
    if not isinstance(related, models.Model):
        kind = type(related).__name__
        raise TypeError(
            f"A message can be about an instance of one of the site's models, not about a {kind}: store that in "
            "metadata."
        )
    if related.pk is None:
        raise ValueError(
            f"Save this {related._meta.verbose_name} first: an object that a message is about needs a primary key."
        )
    model = related._meta.concrete_model or type(related)
    return {"about_model": model._meta.label_lower, "about_id": str(related.pk)}
