"""A state, an outcome, an opt-out or the channel SMS as a badge; the word says the same without the colour."""

from django.utils.html import format_html
from django.utils.safestring import SafeString


def badge(look: str, words: object) -> SafeString:
    """Return the words with the CSS class ``viber-<look>``."""
    return format_html('<span class="viber-state viber-{}">{}</span>', look, words)


def sms_mark() -> SafeString:
    """Return the mark beside a message that goes by SMS."""
    return format_html('<span class="viber-sms">{}</span>', "SMS")
