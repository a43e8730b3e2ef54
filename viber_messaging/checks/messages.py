"""The messages of the checks: each has its own id, a hint, and a link to the page that explains it."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from django.core import checks

TAG = "viber_messaging"
"""The tag of these checks: ``manage.py check --tag viber_messaging`` runs only them."""

DOCUMENTATION = "https://django-viber-messaging.readthedocs.io/en/stable/"

_declared: "dict[str, Complaint]" = {}

COMPLAINTS: "Mapping[str, Complaint]" = MappingProxyType(_declared)
"""Every message by its number; the reference documentation is generated from it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """One message, with names in braces for values that are filled in when it is reported."""

    number: str
    text: str
    hint: str

    @property
    def url(self) -> str:
        """The part of the documentation that explains it."""
        return f"{DOCUMENTATION}reference/checks.html#{self.number.lower()}"

    def __call__(self, *, hint: str = "", **values: object) -> checks.CheckMessage:
        """Return the check message, with a better hint if given."""
        kind = checks.Error if self.number.startswith("E") else checks.Warning
        advice = hint or self.hint.format(**values)
        return kind(self.text.format(**values), hint=f"{advice} See {self.url}", id=f"{TAG}.{self.number}")


def complaint(number: str, text: str, *, hint: str) -> Complaint:
    """Declare a message; E for errors, W for warnings. Raises ValueError if the number is taken."""
    if number in _declared:
        raise ValueError(f"{TAG}.{number} is taken.")
    return _declared.setdefault(number, Complaint(number=number, text=text, hint=hint))
