"""Read settings that may be invalid without raising an exception."""

import sys
from collections.abc import Mapping
from difflib import get_close_matches

from django.core.exceptions import ImproperlyConfigured

from viber_messaging.conf.kinds import Setting, ValueT, written_settings


def written() -> Mapping[str, object] | None:
    """Return the site's dict of settings; None if it is not a dict."""
    try:
        return written_settings()
    except ImproperlyConfigured:
        return None


def readable(setting: Setting[ValueT]) -> ValueT | None:
    """Return the current value; None if it is missing or invalid, which another check reports."""
    try:
        return setting.read(written_settings())
    except ImproperlyConfigured:
        return None


def arguments() -> list[str]:
    """Return the arguments of manage.py in this process: which command runs the checks, and how."""
    return sys.argv[1:]


def nearest(word: object, words: list[str]) -> str | None:
    """Return the one of ``words`` that ``word`` was most likely meant to be, whatever its case."""
    by_fold = {candidate.casefold(): candidate for candidate in words}
    matches = get_close_matches(str(word).strip().casefold(), by_fold, n=1)
    return by_fold[matches[0]] if matches else None
