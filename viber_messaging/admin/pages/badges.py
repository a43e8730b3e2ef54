"""A state, an outcome, an opt-out or the channel SMS as a badge; the word says the same without the colour."""

from typing import TYPE_CHECKING

from django.utils.html import format_html
from django.utils.safestring import SafeString

from viber_messaging.states import MessageChannel, MessageState

if TYPE_CHECKING:
    from viber_messaging.models import Message


def badge(look: str, words: object) -> SafeString:
    """Return the words with the CSS class ``viber-<look>``."""
    return format_html('<span class="viber-state viber-{}">{}</span>', look, words)


def state_badge(state: str) -> SafeString:
    """Return the state of a message in its colour."""
    return badge(f"state-{state}", MessageState(state).label)


def message_badge(message: "Message") -> SafeString:
    """Return the state of a message, with the mark beside it if it goes by SMS."""
    state = state_badge(message.state)
    return format_html("{} {}", state, sms_mark()) if message.channel == MessageChannel.SMS else state


def sms_mark() -> SafeString:
    """Return the mark beside a message that goes by SMS."""
    return format_html('<span class="viber-sms">{}</span>', "SMS")
