"""Find out whom a message to one of the site's objects goes to."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from viber_messaging.conf import conf
from viber_messaging.models import Recipient


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A phone in any spelling, and its recipient if known."""

    phone: Any
    recipient: Recipient | None = None


def resolve(target: Any) -> Address:
    """Return the address of ``target``: a string is a phone, anything else goes through RECIPIENT_RESOLVER.

    Raises ImproperlyConfigured if the resolver cannot be imported, TypeError if it does not support such objects.
    """
    found = target if isinstance(target, str | int | Recipient) or target is None else _resolver()(target)
    if isinstance(found, Recipient):
        return Address(phone=found.phone, recipient=found)
    return Address(phone=found)


def recipient_of(target: Any) -> Any:
    """Return ``target.viber_recipient``, a foreign key to Recipient, or ``target.viber_phone``."""
    for name in ("viber_recipient", "viber_phone"):
        if found := getattr(target, name, None):
            return found
    if hasattr(target, "viber_recipient") or hasattr(target, "viber_phone"):
        return ""
    raise TypeError(
        f"{type(target).__name__} has neither viber_recipient nor viber_phone: define one of them, or set "
        "VIBER_MESSAGING['RECIPIENT_RESOLVER'] to a function that returns its phone number."
    )


def _resolver() -> Any:
    try:
        return import_string(conf.RECIPIENT_RESOLVER)
    except ImportError as error:
        raise ImproperlyConfigured(f"VIBER_MESSAGING['RECIPIENT_RESOLVER'] cannot be imported: {error}") from error
