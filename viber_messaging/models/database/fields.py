"""Model fields that guarantee the form of what is stored."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, router
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from viber_messaging import references
from viber_messaging.conf import conf
from viber_messaging.models.validators import refuse_unkeepable, validate_key
from viber_messaging.states import MessageState
from viber_messaging.text import phones
from viber_messaging.time import moments

E164 = r"^\+[1-9][0-9]{6,14}$"


def _naming_its_field(pre_save: Callable[[Any, models.Model, bool], Any]) -> Callable[[Any, models.Model, bool], Any]:
    """Decorate ``pre_save`` so that its ValidationError names the field, as that of ``full_clean`` does."""

    @wraps(pre_save)
    def named(field: Any, model_instance: models.Model, add: bool) -> Any:
        try:
            return pre_save(field, model_instance, add)
        except ValidationError as error:
            raise ValidationError({field.name: error}) from error

    return named


def _normalized(value: Any) -> str:
    try:
        return phones.normalize(value, conf.DEFAULT_REGION)
    except phones.PhoneError as error:
        raise ValidationError(str(error), code=error.code) from error


class PhoneField(models.CharField):  # type: ignore[type-arg]
    """A phone, given in any usual spelling and stored as E.164.

    Raises ValidationError, on cleaning and on saving, if the value is not a phone that Viber could reach; on saving, it
    names the field.
    """

    def clean(self, value: Any, model_instance: models.Model | None) -> str:
        """Return the phone as E.164. Raises ValidationError if it is not a phone."""
        return str(super().clean(_normalized(value), model_instance))

    @_naming_its_field
    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        value = _normalized(getattr(model_instance, self.attname))
        setattr(model_instance, self.attname, value)
        return value


def _refuse_other_than_text(value: Any) -> None:
    """Raise ValidationError for a dictionary, say, which Python would turn into text that nobody meant to send."""
    if value is not None and not isinstance(value, str | Promise):
        raise ValidationError(
            _("This must be text, not %(type)s."), code="not_text", params={"type": type(value).__name__}
        )


class _Kept:
    """Refuses, on cleaning and on saving, what is not text; on saving, also values that only some databases accept.

    Those are a NUL, half a character, and too many characters. Raises ValidationError that names the field. None counts
    as empty text if the field may be blank.
    """

    name: str
    attname: str
    blank: bool
    max_length: int | None

    def to_python(self, value: Any) -> Any:
        _refuse_other_than_text(value)
        return super().to_python(value)  # type: ignore[misc]

    @_naming_its_field
    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = super().pre_save(model_instance, add)  # type: ignore[misc]
        if value is None and self.blank:
            value = ""
            setattr(model_instance, self.attname, value)
        _refuse_other_than_text(value)
        refuse_unkeepable(value, self.max_length)
        return value


class KeptCharField(_Kept, models.CharField):  # type: ignore[type-arg]
    """A CharField that also refuses text on saving if it does not fit."""


class KeptTextField(_Kept, models.TextField):  # type: ignore[type-arg]
    """A TextField that also refuses text on saving if some database could not store it."""


class SenderNameField(KeptCharField):
    """The name that a message is sent under; takes a Sender as well as its name.

    The name is copied, not linked, because a sent message must not change when a sender is renamed.
    """

    def clean(self, value: Any, model_instance: models.Model | None) -> str:
        return str(super().clean(str(value or ""), model_instance))

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        setattr(model_instance, self.attname, str(getattr(model_instance, self.attname)))
        return str(super().pre_save(model_instance, add))


class MomentField(models.DateTimeField):  # type: ignore[type-arg]
    """A time that code may give as aware or naive; stored as this site stores times.

    Raises ValidationError, which names the field, on saving a time at the ends of the calendar, which no database could
    store.
    """

    @_naming_its_field
    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = self.to_python(getattr(model_instance, self.attname))
        if value is not None:
            try:
                value = moments.storable(value)
            except OverflowError as error:
                raise ValidationError(_("Choose a time in this century."), code="century") from error
        setattr(model_instance, self.attname, value)
        return value


class QueuedAtField(models.DateTimeField):  # type: ignore[type-arg]
    """The time when a row was first saved as queued; set automatically, like ``auto_now_add``."""

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = getattr(model_instance, self.attname)
        if value is None and getattr(model_instance, "state", None) == MessageState.QUEUED:
            value = timezone.now()
            setattr(model_instance, self.attname, value)
        return value


class KeyField(models.CharField):  # type: ignore[type-arg]
    """The caller's own name for what to send; null for none. Keys are compared case-sensitively.

    Raises ValidationError, on cleaning and on saving, for a key that some database could not store.
    """

    default_validators = [validate_key]
    empty_values = [None]

    def db_parameters(self, connection: Any) -> Any:
        """Make MariaDB and MySQL compare letters as the other databases do."""
        found: dict[str, Any] = dict(super().db_parameters(connection))
        return {**found, "collation": "utf8mb4_bin"} if connection.vendor == "mysql" else found

    @_naming_its_field
    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = getattr(model_instance, self.attname)
        if value is None:
            return None
        value = self.to_python(value)
        validate_key(value)
        setattr(model_instance, self.attname, value)
        return value


class ReferenceField(models.BigIntegerField):  # type: ignore[type-arg]
    """Our ID of a message; on insert, an empty one is derived from the intent of the message.

    It must be declared after the fields that it is derived from, because Django prepares fields in order.
    """

    def pre_save(self, model_instance: Any, add: bool) -> Any:
        value = getattr(model_instance, self.attname)
        if value is None and add:
            value = model_instance.make_reference(router.db_for_write(type(model_instance), instance=model_instance))
            setattr(model_instance, self.attname, value)
        return value

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        """Draw a reference for fixture rows without one, because fixtures are stored without ``pre_save``."""
        return super().get_db_prep_save(references.draw() if value is None else value, connection)
