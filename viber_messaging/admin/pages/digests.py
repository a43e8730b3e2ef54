"""Digests that replace secret values on pages and in URLs."""

from django.utils.crypto import salted_hmac

_LETTERS = str.maketrans("0123456789", "ghijklmnop")


def mark_of(salt: str, *values: str) -> str:
    """Return a digest of these values that only this site can make; only letters, so that it contains no phone."""
    digest = salted_hmac(f"viber_messaging.{salt}", "\0".join(values), algorithm="sha256").hexdigest()
    return digest.translate(_LETTERS)
