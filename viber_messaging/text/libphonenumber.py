"""The library of phone numbers, imported on first use, because most processes of a site need none of its tables.

It costs 1 MB, and its table of operators 10 MB.
"""

from types import ModuleType


def numbers() -> ModuleType:
    """Return ``phonenumbers``."""
    import phonenumbers

    return phonenumbers


def operators() -> ModuleType:
    """Return ``phonenumbers.carrier``."""
    from phonenumbers import carrier

    return carrier
