"""The gateway's rules for single fields, each with one sentence of explanation."""

import re
from datetime import datetime, tzinfo
from typing import Any
from urllib.parse import SplitResult, urlsplit

from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import MaxLengthValidator, RegexValidator, URLValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from viber_messaging.conf import conf
from viber_messaging.gateway.codec import find_unsendable
from viber_messaging.gateway.entities import is_in_range
from viber_messaging.gateway.http.addresses import is_loopback
from viber_messaging.time import moments

TEXT_MAX_LENGTH = 1000
BUTTON_MAX_LENGTH = 19
SENDER_MAX_LENGTH = 11
LINK_MAX_LENGTH = 2000
KEY_MAX_LENGTH = 255
PICTURE_ENDINGS = (".jpg", ".jpeg", ".png", ".gif")

_UNKEEPABLE = re.compile("[\x00\ud800-\udfff]")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")

validate_sender_name = RegexValidator(
    re.compile(r"\A(?! )[A-Za-z0-9 ._-]{3,}(?<! )\Z"),
    _("A sender's name has 3 to 11 characters: Latin letters, digits, space, full stop, hyphen or underscore."),
    code="sender",
)


def validate_sendable(value: str) -> None:
    """Refuse characters that XML cannot carry, because such a text cannot be sent to the gateway."""
    if character := find_unsendable(value):
        raise ValidationError(
            _("This text contains a character that cannot be sent (U+%(code)s). Delete it and type it again."),
            code="unsendable",
            params={"code": f"{ord(character):04X}"},
        )


def refuse_unkeepable(value: Any, max_length: int | None) -> None:
    """Refuse text that some databases cannot store, whatever the gateway accepts."""
    if not isinstance(value, str):
        return
    if max_length is not None and len(value) > max_length:
        MaxLengthValidator(max_length)(value)
    if not is_keepable(value):
        validate_sendable(value)


def is_keepable(text: str) -> bool:
    """Return whether every supported database can store this text, or take it in a query."""
    return not _UNKEEPABLE.search(text)


def validate_key(value: str) -> None:
    """Refuse a key that is empty or too long, has control characters, or white space around it."""
    if not value or value != value.strip() or _CONTROL.search(value):
        raise ValidationError(
            _(
                "A key is a text such as “order-42-shipped”, without white space around it and without control "
                "characters."
            ),
            code="key",
        )
    refuse_unkeepable(value, KEY_MAX_LENGTH)


def validate_not_blank(value: str) -> None:
    """Refuse a text of only white space, which the gateway counts as empty."""
    if not value.strip():
        raise ValidationError(_("This text is empty: write what the recipient should read."), code="blank")


def validate_schedule(moment: datetime) -> None:
    """Refuse a time that is ambiguous in the gateway's time zone, because times are sent without an offset."""
    local = moments.aware(moment)
    if not is_in_range(local):
        raise ValidationError(_("Choose a time in this century."), code="century")
    if moments.is_skipped(local) or (timezone.is_naive(moment) and moments.comes_twice(local)):
        raise uncertain(local)
    at_gateway = local.astimezone(_zone_of_gateway())
    if moments.comes_twice(at_gateway):
        raise uncertain(at_gateway)


def uncertain(moment: datetime) -> ValidationError:
    """Return why the time is invalid in its zone: the clocks never show it, or show it twice."""
    sentence = (
        _("This time does not exist in %(zone)s, because the clocks go forward: choose another hour.")
        if moments.is_skipped(moment)
        else _("This time occurs twice in %(zone)s, because the clocks go back: choose another hour.")
    )
    return ValidationError(sentence, code="uncertain", params={"zone": str(moment.tzinfo)})


def _zone_of_gateway() -> tzinfo:
    try:
        return conf.time_zone
    except ImproperlyConfigured as error:
        raise ValidationError(
            _("This server does not know the gateway's time zone, so no time can be chosen. Tell your developers."),
            code="time_zone",
        ) from error


def validate_link(value: str) -> None:
    """Accept a link that a phone may open: https, without user name or password."""
    parts = _split(value)
    # The sandbox serves its sample pictures from this machine, without TLS.
    is_of_the_sandbox = parts.scheme == "http" and is_loopback(parts.hostname or "")
    if parts.scheme != "https" and not is_of_the_sandbox:
        raise ValidationError(_("A link must begin with https://."), code="scheme")
    if parts.username is not None or parts.password is not None:
        raise ValidationError(_("A link must not contain a user name or a password."), code="userinfo")
    URLValidator(schemes=["https", "http"], message=_("A phone cannot open this link."))(value)


def validate_picture_link(value: str) -> None:
    """Accept a link whose path has one of the endings that the gateway requires for pictures."""
    validate_link(value)
    if not _split(value).path.lower().endswith(PICTURE_ENDINGS):
        raise ValidationError(_("A picture's link must end in .jpg, .jpeg, .png or .gif."), code="picture")


def _split(value: str) -> SplitResult:
    try:
        parts = urlsplit(value)
        parts.port  # noqa: B018 (reading it is what validates it)
    except ValueError as error:
        raise ValidationError(_("A phone cannot open this link."), code="link") from error
    return parts
