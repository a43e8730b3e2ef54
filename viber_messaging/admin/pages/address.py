"""What stands in the address of a page, looked at before the page reads it: anybody may write an address."""

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
"""Lookups of Django's own filters. Others could run any pattern over every row."""


def keepable(view: ViewT, *, is_form: bool) -> ViewT:
    """Answer an address with a NUL or half a character with 400: PostgreSQL cannot even be asked for it.

    So is what is posted, except to a form, which tells the field that is wrong.
    """

    @wraps(view)
    def refuse_or_go_on(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        # A file is not read here: its view bounds it first.
        is_read = request.content_type == "application/x-www-form-urlencoded" and not is_form
        if not _is_keepable(request.GET) or (is_read and not _is_keepable(request.POST)):
            raise BadRequest("The request holds a character that cannot be stored.")
        return view(request, *args, **kwargs)

    return refuse_or_go_on  # type: ignore[return-value]


def _is_keepable(address: QueryDict) -> bool:
    return all(is_keepable(name) and all(map(is_keepable, values)) for name, values in address.lists())


def is_asked_by(filters: Any, lookup: str) -> bool:
    """Return whether one of the filters of a list asks for rows by this lookup."""
    return any(_asks(item, lookup) for item in filters)


def _asks(item: Any, lookup: str) -> bool:
    if name := getattr(item, "parameter_name", None):
        return bool(name == lookup)
    field = item[0] if isinstance(item, list | tuple) else item
    return lookup == field or (lookup.startswith(f"{field}__") and lookup.rpartition("__")[2] in ASKED_BY_FILTERS)


def initial_of(form: type[forms.ModelForm], values: Mapping[str, Any]) -> dict[str, Any]:  # type: ignore[type-arg]
    """Return the values that the form has a field for and that this field's own rules accept, as they read them."""
    model, initial = form._meta.model, dict[str, Any]()
    for name in values.keys() & form.base_fields.keys():
        try:
            initial[name] = _cleaned(model, name, form.base_fields[name], values[name])
        except (ValidationError, OverflowError):
            continue
    return initial


def _cleaned(model: type[models.Model], name: str, form_field: forms.Field, value: Any) -> Any:
    """Return the value as the model reads it; where it has no such field or many of a kind, as the form does."""
    try:
        field = model._meta.get_field(name)
    except FieldDoesNotExist:
        return form_field.clean(value)
    if isinstance(field, models.Field) and not field.many_to_many:
        return field.clean(value, model())
    return form_field.clean(value)


def with_possible_keys(model: type[models.Model], posted: QueryDict) -> QueryDict:
    """Return what was posted to a list without chosen rows whose keys no row of this model can have."""
    chosen = posted.getlist(ACTION_CHECKBOX_NAME)
    possible = [key for key in chosen if is_possible_key(model, key)]
    if chosen == possible:
        return posted
    changed = posted.copy()
    changed.setlist(ACTION_CHECKBOX_NAME, possible)
    return changed


def without(posted: QueryDict, name: str) -> QueryDict:
    """Return what was posted without this name."""
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


class KeysField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """A choice of rows that refuses a key too large for the column; SQLite raises an error for one."""

    def clean(self, value: Any) -> Any:
        """Return the rows. Raises ValidationError."""
        model: Any = self.queryset.model  # type: ignore[union-attr]
        for key in value or ():
            if not is_possible_key(model, str(key)):
                sentence = self.error_messages["invalid_pk_value"]
                raise ValidationError(sentence, code="invalid_pk_value", params={"pk": key})
        return super().clean(value)
