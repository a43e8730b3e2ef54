"""Translations of the sentences that ``gateway`` produces and we store; ``gateway`` itself cannot translate."""

import re
from collections.abc import Mapping

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

SENTENCES = (
    _("API_URL redirects to another address (HTTP %(status)s)."),
    _("The gateway answered HTTP %(status)s."),
    _("The gateway's answer (HTTP %(status)s) does not contain what was requested."),
    _("The server at API_URL is not the gateway (HTTP %(status)s)."),
    _("The answer (HTTP %(status)s) is not from the gateway."),
    _("The gateway failed (HTTP %(status)s)."),
    _("The gateway refused the request: %(words)s (%(code)s)."),
    _("API_URL, or a proxy in the environment, is not a valid address."),
    _("The gateway's answer is longer than MAX_REPLY_BYTES."),
    _("The gateway did not answer in time."),
    _("The connection broke before the gateway's answer was complete."),
    _("The proxy cannot be used: check HTTPS_PROXY and NO_PROXY in this process's environment."),
    _("The certificate of %(host)s cannot be trusted, or the TLS connection failed."),
    _("%(host)s cannot be reached."),
    _("%(host)s did not finish connecting in time."),
    _("The connection to %(host)s was lost while it was being opened."),
    _("The gateway could not be used."),
    _("Nothing was sent."),
    _("The gateway cannot be reached."),
    _("The gateway's certificate cannot be trusted."),
    _("The address in API_URL does not lead to the gateway."),
    _("The gateway refused the account."),
    _("The gateway asks to send more slowly."),
    _("The gateway refused the package because of its format."),
    _("It is not known whether the gateway received the request."),
    _("The answer cannot be read as XML."),
    _("The answer is XML, but not in the gateway's format."),
)


def _pattern(sentence: str) -> re.Pattern[str]:
    literal = re.escape(sentence)
    open_ended = re.sub(r"%\\\((words|host)\\\)s", r"(?P<\1>.+?)", literal)
    # At most one open-ended match in a sentence: two would be tried in all combinations.
    return re.compile(re.sub(r"%\\\((\w+)\\\)s", r"(?P<\1>[^()]+?)", open_ended))


_PATTERNS: Mapping[str, re.Pattern[str]] = {
    sentence: _pattern(sentence) for sentence in sorted(SENTENCES, key=lambda sentence: "%(" in sentence)
}


def translate(said: str) -> str:
    """Return a stored sentence in the reader's language; sentences from elsewhere stay unchanged."""
    for sentence, pattern in _PATTERNS.items():
        if found := pattern.fullmatch(said):
            return gettext(sentence) % found.groupdict()
    return said
