"""What the recipient sees: the content fields of the wire format, and the rules between them."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from viber_messaging.gateway import entities
from viber_messaging.models import validators
from viber_messaging.models.database.fields import KeptCharField, KeptTextField, SenderNameField
from viber_messaging.states import MessageType

CONTENT_FIELDS = entities.CONTENT_FIELDS

EXTRA_FIELDS = ("image", "button", "url")
"""The optional content fields in the order in which people fill them in and read them."""

REQUIRED_FIELDS: Mapping[str, tuple[str, ...]] = {
    MessageType.IMAGE: ("image",),
    MessageType.BUTTON: ("image", "button", "url"),
}
"""The fields that each type of message needs besides its text."""

FIELDS_FIT_TYPE = (
    Q(type=MessageType.TEXT, **dict.fromkeys(EXTRA_FIELDS, ""))
    | (Q(type=MessageType.IMAGE) & ~Q(image="") & (Q(button="") | ~Q(url="")))
    | (Q(type=MessageType.BUTTON) & ~Q(image="") & ~Q(button="") & ~Q(url=""))
)
"""Type ``image`` with a button and a link is allowed, because the gateway's own example sends it."""


class Content(models.Model):
    """The content of a Viber message, with the fields of the wire format."""

    sender = SenderNameField(
        _("sender"), max_length=validators.SENDER_MAX_LENGTH, validators=[validators.validate_sender_name]
    )
    type = models.CharField(_("type"), max_length=10, choices=MessageType.choices, default=MessageType.TEXT)
    text = KeptTextField(
        _("text"),
        validators=[
            validators.validate_not_blank,
            MaxLengthValidator(validators.TEXT_MAX_LENGTH),
            validators.validate_sendable,
        ],
    )
    button = KeptCharField(
        _("button"),
        max_length=validators.BUTTON_MAX_LENGTH,
        blank=True,
        default="",
        validators=[validators.validate_sendable],
        help_text=_("The text on the button: 1 to 19 characters."),
    )
    url = KeptCharField(
        _("link"),
        max_length=validators.LINK_MAX_LENGTH,
        blank=True,
        default="",
        validators=[validators.validate_link],
        help_text=_("The page that the button or the picture opens."),
    )
    image = KeptCharField(
        _("picture"),
        max_length=validators.LINK_MAX_LENGTH,
        blank=True,
        default="",
        validators=[validators.validate_picture_link],
        help_text=_("A link to a .jpg, .jpeg, .png or .gif file."),
    )

    class Meta:
        abstract = True

    def clean_fields(self, exclude: Any = None) -> None:
        """Normalize line breaks so that lengths match the gateway's: XML reads CR LF as one character."""
        self.text = _one_line_break(self.text)
        super().clean_fields(exclude=exclude)

    def clean(self) -> None:
        """Check that the fields fit the type; report each wrong field by name."""
        super().clean()
        errors = {**self._missing_fields(), **self._superfluous_fields()}
        if errors:
            raise ValidationError(errors)

    def _missing_fields(self) -> dict[str, ValidationError]:
        required = REQUIRED_FIELDS.get(self.type, ())
        if self.type == MessageType.IMAGE and self.button:
            required = (*required, "url")
        return {name: _missing(name) for name in required if not getattr(self, name)}

    def _superfluous_fields(self) -> dict[str, ValidationError]:
        if self.type != MessageType.TEXT:
            return {}
        return {name: _superfluous() for name in entities.OPTIONAL_FIELDS if getattr(self, name)}


def verbose_name_of(name: str) -> Any:
    """Return what a content field is called, to be said in the language that is active."""
    field: Any = Content._meta.get_field(name)
    return field.verbose_name


def _max_length(name: str) -> int:
    field: Any = Content._meta.get_field(name)
    return min(int(each.limit_value) for each in field.validators if isinstance(each, MaxLengthValidator))


MAX_LENGTHS: Mapping[str, int] = {name: _max_length(name) for name in ("text", *EXTRA_FIELDS)}
"""The number of characters that the gateway takes, by content field."""


def _one_line_break(text: Any) -> Any:
    return text.replace("\r\n", "\n").replace("\r", "\n") if isinstance(text, str) else text


def _missing(name: str) -> ValidationError:
    sentences = {
        "image": _("A message of this type needs a link to a picture."),
        "button": _("A message with a button needs a caption for it."),
        "url": _("A message with a button needs the link that the button opens."),
    }
    return ValidationError(sentences[name], code="required")


def _superfluous() -> ValidationError:
    return ValidationError(
        _("A text message contains only text: choose another type or empty this field."), code="superfluous"
    )
