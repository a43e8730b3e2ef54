"""Marks that stand on pages and in addresses in place of what nobody may read there."""

from django.utils.crypto import salted_hmac

_LETTERS = str.maketrans("0123456789", "ghijklmnop")


def mark_of(salt: str, *values: str) -> str:
    """Return a digest of these values, which only this site can make; of letters alone, so that no phone is in it."""
    digest = salted_hmac(f"viber_messaging.{salt}", "\0".join(values), algorithm="sha256").hexdigest()
    return digest.translate(_LETTERS)
