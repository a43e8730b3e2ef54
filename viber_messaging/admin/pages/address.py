"""Validate the URL of a page before the page reads it, because anybody can write a URL."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, TypeVar

from django import forms
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import BadRequest, FieldDoesNotExist, ValidationError
from django.db import models
from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase

from viber_messaging.models.validators import is_keepable

ViewT = TypeVar("ViewT", bound=Callable[..., HttpResponseBase])

ASKED_BY_FILTERS = ("exact", "isnull", "in", "gte", "gt", "lte", "lt")
"""The lookups of Django's own filters. Others could match any pattern against every row."""


def keepable(view: ViewT, *, is_form: bool) -> ViewT:
    """Answer 400 if the URL has a NUL or half a character, which cannot be sent to PostgreSQL.

    The same applies to posted data, except to forms, which report the wrong field.
    """

    @wraps(view)
    def refuse_or_go_on(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        # Files are not read here, because their view limits them first.
        is_read = request.content_type == "application/x-www-form-urlencoded" and not is_form
        if not _is_keepable(request.GET) or (is_read and not _is_keepable(request.POST)):
            raise BadRequest("The request contains a character that cannot be stored.")
        return view(request, *args, **kwargs)

    return refuse_or_go_on  # type: ignore[return-value]


def _is_keepable(address: QueryDict) -> bool:
    return all(is_keepable(name) and all(map(is_keepable, values)) for name, values in address.lists())


def is_asked_by(filters: Any, lookup: str) -> bool:
    """Return whether one of a list's filters uses this lookup."""
    return any(_asks(item, lookup) for item in filters)


def _asks(item: Any, lookup: str) -> bool:
    if name := getattr(item, "parameter_name", None):
        return bool(name == lookup)
    field = item[0] if isinstance(item, list | tuple) else item
    return lookup == field or (lookup.startswith(f"{field}__") and lookup.rpartition("__")[2] in ASKED_BY_FILTERS)


def initial_of(form: type[forms.ModelForm], values: Mapping[str, Any]) -> dict[str, Any]:  # type: ignore[type-arg]
    """Return the cleaned values for which the form has a field that accepts them."""
    model, initial = form._meta.model, dict[str, Any]()
    for name in values.keys() & form.base_fields.keys():
        try:
            initial[name] = _cleaned(model, name, form.base_fields[name], values[name])
        except (ValidationError, OverflowError):
            continue
    return initial


def _cleaned(model: type[models.Model], name: str, form_field: forms.Field, value: Any) -> Any:
    """Return the value cleaned by the model; for fields without a model field, or with many values, by the form."""
    try:
        field = model._meta.get_field(name)
    except FieldDoesNotExist:
        return form_field.clean(value)
    if isinstance(field, models.Field) and not field.many_to_many:
        return field.clean(value, model())
    return form_field.clean(value)


def with_possible_keys(model: type[models.Model], posted: QueryDict) -> QueryDict:
    """Return a list's posted data without selected keys that no row of this model can have."""
    chosen = posted.getlist(ACTION_CHECKBOX_NAME)
    possible = [key for key in chosen if is_possible_key(model, key)]
    if chosen == possible:
        return posted
    changed = posted.copy()
    changed.setlist(ACTION_CHECKBOX_NAME, possible)
    return changed


def without(posted: QueryDict, name: str) -> QueryDict:
    """Return the posted data without this name."""
    changed = posted.copy()
    del changed[name]
    return changed


def is_possible_key(model: type[models.Model], text: str) -> bool:
    """Return whether a row of this model can have this key."""
    key = model._meta.pk
    try:
        key.run_validators(key.to_python(text))
    except ValidationError:
        return False
    return bool(text)


def number_in(text: str, most_digits: int = 18) -> int | None:
    """Return the whole number that a text spells in ASCII digits, or None. By default, it fits a key of 64 bits."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= most_digits else None


class KeysField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """A choice of rows that refuses keys too large for the column, for which SQLite raises an error."""

    def clean(self, value: Any) -> Any:
        """Return the rows. Raises ValidationError."""
        model: Any = self.queryset.model  # type: ignore[union-attr]
        for key in value or ():
            if not is_possible_key(model, str(key)):
                sentence = self.error_messages["invalid_pk_value"]
                raise ValidationError(sentence, code="invalid_pk_value", params={"pk": key})
        return super().clean(value)
