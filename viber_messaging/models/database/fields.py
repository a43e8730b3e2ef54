"""Model fields that keep a promise about what is stored."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, router
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from viber_messaging import references
from viber_messaging.conf import conf
from viber_messaging.models.validators import refuse_unkeepable, validate_key
from viber_messaging.states import MessageState
from viber_messaging.text import phones
from viber_messaging.time import moments

E164 = r"^\+[1-9][0-9]{6,14}$"


def _normalized(value: Any) -> str:
    try:
        return phones.normalize(value, conf.DEFAULT_REGION)
    except phones.PhoneError as error:
        raise ValidationError(str(error), code=error.code) from error


class PhoneField(models.CharField):  # type: ignore[type-arg]
    """A phone, written in any usual way and stored as E.164.

    Raises ValidationError on cleaning, and on saving too, when the value is no phone that Viber could reach.
    """

    def clean(self, value: Any, model_instance: models.Model | None) -> str:
        """Return the phone as E.164. Raises ValidationError for what is none."""
        return str(super().clean(_normalized(value), model_instance))

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        value = _normalized(getattr(model_instance, self.attname))
        setattr(model_instance, self.attname, value)
        return value


class _Kept:
    """Refuses on saving what some databases refuse and others keep: a NUL, half a character, too many characters.

    Raises ValidationError that names the field. None in a field that may be blank is the empty text.
    """

    name: str
    attname: str
    blank: bool
    max_length: int | None

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = super().pre_save(model_instance, add)  # type: ignore[misc]
        if value is None and self.blank:
            value = ""
            setattr(model_instance, self.attname, value)
        try:
            refuse_unkeepable(value, self.max_length)
        except ValidationError as error:
            raise ValidationError({self.name: error}) from error
        return value


class KeptCharField(_Kept, models.CharField):  # type: ignore[type-arg]
    """A line of text that is refused on saving, too, where it does not fit."""


class KeptTextField(_Kept, models.TextField):  # type: ignore[type-arg]
    """A text that is refused on saving, too, where a database could not keep it."""


class SenderNameField(KeptCharField):
    """The name that a message is sent under; takes a Sender as well as its name.

    The name is copied, not linked: what a message was sent under must not change when a sender is renamed.
    """

    def clean(self, value: Any, model_instance: models.Model | None) -> str:
        return str(super().clean(str(value or ""), model_instance))

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        setattr(model_instance, self.attname, str(getattr(model_instance, self.attname)))
        return str(super().pre_save(model_instance, add))


class MomentField(models.DateTimeField):  # type: ignore[type-arg]
    """A moment that code may give with its zone or without; stored as this site stores times.

    Raises ValidationError on saving a moment at the ends of the calendar, which no database could keep.
    """

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = self.to_python(getattr(model_instance, self.attname))
        if value is not None:
            try:
                value = moments.storable(value)
            except OverflowError as error:
                raise ValidationError(_("Choose a time of this century."), code="century") from error
        setattr(model_instance, self.attname, value)
        return value


class QueuedAtField(models.DateTimeField):  # type: ignore[type-arg]
    """The moment at which a row was first saved as queued; filled by itself, as ``auto_now_add`` is."""

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = getattr(model_instance, self.attname)
        if value is None and getattr(model_instance, "state", None) == MessageState.QUEUED:
            value = timezone.now()
            setattr(model_instance, self.attname, value)
        return value


class KeyField(models.CharField):  # type: ignore[type-arg]
    """The caller's own name of what is meant to be sent; null for none. Two keys are the same to the letter.

    Raises ValidationError on cleaning, and on saving too, by field, for a key that not every database could keep.
    """

    default_validators = [validate_key]
    empty_values = [None]

    def db_parameters(self, connection: Any) -> Any:
        """Let MariaDB and MySQL tell letters apart as the other databases do."""
        found: dict[str, Any] = dict(super().db_parameters(connection))
        return {**found, "collation": "utf8mb4_bin"} if connection.vendor == "mysql" else found

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = getattr(model_instance, self.attname)
        if value is None:
            return None
        value = self.to_python(value)
        try:
            validate_key(value)
        except ValidationError as error:
            raise ValidationError({self.name: error}) from error
        setattr(model_instance, self.attname, value)
        return value


class ReferenceField(models.BigIntegerField):  # type: ignore[type-arg]
    """Our number of a message: on inserting one that has none yet, it follows from what the message is meant to be.

    It stands behind the fields that it follows from, because Django prepares fields in their order.
    """

    def pre_save(self, model_instance: Any, add: bool) -> Any:
        value = getattr(model_instance, self.attname)
        if value is None and add:
            value = model_instance.make_reference(router.db_for_write(type(model_instance), instance=model_instance))
            setattr(model_instance, self.attname, value)
        return value

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        """Draw one for a row of a fixture that leaves it out: those are stored without ``pre_save``."""
        return super().get_db_prep_save(references.draw() if value is None else value, connection)
