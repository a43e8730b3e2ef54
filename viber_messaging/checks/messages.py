"""What the checks may say: each sentence with its own id, a hint, and a link to the page that explains it."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from django.core import checks

TAG = "viber_messaging"
"""All of these checks, and no others: ``manage.py check --tag viber_messaging``."""

DOCUMENTATION = "https://django-viber-messaging.readthedocs.io/en/stable/"

_declared: "dict[str, Complaint]" = {}

COMPLAINTS: "Mapping[str, Complaint]" = MappingProxyType(_declared)
"""Every sentence by its number; the reference of the documentation is made of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """One sentence, with names in braces for what is known only when it is said."""

    number: str
    text: str
    hint: str

    @property
    def url(self) -> str:
        """The part of the documentation that explains it."""
        return f"{DOCUMENTATION}reference/checks.html#{self.number.lower()}"

    def __call__(self, *, hint: str = "", **values: object) -> checks.CheckMessage:
        """Say it, with a better hint where there is one."""
        kind = checks.Error if self.number.startswith("E") else checks.Warning
        advice = hint or self.hint.format(**values)
        return kind(self.text.format(**values), hint=f"{advice} See {self.url}", id=f"{TAG}.{self.number}")


def complaint(number: str, text: str, *, hint: str) -> Complaint:
    """Declare a sentence; E for errors, W for warnings. Raises ValueError for a number that is taken."""
    if number in _declared:
        raise ValueError(f"{TAG}.{number} is taken.")
    return _declared.setdefault(number, Complaint(number=number, text=text, hint=hint))
