"""Marks that identify the gateway account of a request without revealing it."""

from base64 import urlsafe_b64encode
from functools import lru_cache

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db.models import Exists, OuterRef, Q
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_noop

from viber_messaging.conf import conf
from viber_messaging.delivery.storage import tables
from viber_messaging.gateway.codes import MessageCode
from viber_messaging.states import PERHAPS_ARRIVED_OUTCOMES

OTHER_ACCOUNT = gettext_noop(
    "It may have been sent with another gateway address or key, and this account does not know it. A person must "
    "decide. If only the key was renewed, ask this account again."
)

MAY_HAVE_ARRIVED = Q(outcome__in=PERHAPS_ARRIVED_OUTCOMES) | Q(status_code=MessageCode.ERR_DUPLICATE)
"""The condition that an attempt, or an earlier request, reached or may have reached the gateway."""

_DIGEST_BYTES = 12


def mark() -> str:
    """Return a keyed digest of the address, key and class in use; empty if the settings are invalid."""
    return next(iter(marks()), "")


def marks() -> tuple[str, ...]:
    """Return the marks of the account in use: first with SECRET_KEY, then with each of SECRET_KEY_FALLBACKS."""
    try:
        used = f"{conf.API_URL}\n{conf.API_KEY}\n{conf.GATEWAY}"
    except ImproperlyConfigured:
        return ()
    return _marks(used, (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))


@lru_cache(maxsize=8)
def _marks(used: str, secrets: tuple[str | bytes, ...]) -> tuple[str, ...]:
    digests = (salted_hmac("viber_messaging.account", used, secret, algorithm="sha256").digest() for secret in secrets)
    return tuple(urlsafe_b64encode(digest[:_DIGEST_BYTES]).decode() for digest in digests)


def is_in_doubt_elsewhere(marks: tuple[str, ...]) -> Q:
    """Return the condition that a message may have been sent with an account other than that of these marks."""
    doubtful = tables.attempts().filter(MAY_HAVE_ARRIVED, message=OuterRef("pk"))
    elsewhere = doubtful.exclude(account_mark__in=("", *marks))
    unvouched = Q(Exists(elsewhere.filter(number__gt=OuterRef("vouched_count"))))
    return Q(attempt_count__gt=0) & (unvouched | ~Q(vouched_mark__in=marks) & Q(Exists(elsewhere)))
