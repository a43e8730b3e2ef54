"""The functions of the package that read what strangers write, and the errors that they document."""

from viber_messaging.gateway.codec import Answer, decode_balance, decode_send, decode_status, excerpt
from viber_messaging.gateway.errors import GatewayError, OutcomeUnknown
from viber_messaging.gateway.http.protocol import HttpReply
from viber_messaging.gateway.masks import HiddenBytes
from viber_messaging.gateway.request_outcome import judge
from viber_messaging.text.phones import PhoneError, normalize
from viber_messaging.text.placeholders import PlaceholderError, Template, parse, render

__all__ = [
    "Answer",
    "GatewayError",
    "HiddenBytes",
    "HttpReply",
    "OutcomeUnknown",
    "PhoneError",
    "PlaceholderError",
    "Template",
    "decode_balance",
    "decode_send",
    "decode_status",
    "excerpt",
    "judge",
    "normalize",
    "parse",
    "render",
]
