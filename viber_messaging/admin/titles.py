"""Titles of Django's own pages, for languages in which “Add %(name)s” does not fit the name of each model."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

NEW: Final[Mapping[str, Promise]] = {
    "campaign": _("New campaign"),
    "message": _("New message"),
    "recipient": _("New recipient"),
    "recipientgroup": _("New group"),
    "sender": _("New sender"),
}
"""By model: the title of the form for a new one, and the link to it."""

OBJECTS: Final[Mapping[str, Promise]] = {
    "campaign": pgettext_lazy("as the object of delete", "campaign"),
    "message": pgettext_lazy("as the object of delete", "message"),
    "recipient": pgettext_lazy("as the object of delete", "recipient"),
    "recipientgroup": pgettext_lazy("as the object of delete", "recipient group"),
    "sender": pgettext_lazy("as the object of delete", "sender"),
}
"""By model: what the question before a deletion calls it."""
