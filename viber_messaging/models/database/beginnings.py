"""The beginning of a phone, which tells the operator, as the database cuts it off."""

from django.db.models.functions import Substr

from viber_messaging.text.carriers import PREFIX_LENGTH


def phone_beginning() -> Substr:
    """Return the expression for the beginning of the field ``phone``; ``carriers.name_operator`` names its operator."""
    return Substr("phone", 1, PREFIX_LENGTH)
