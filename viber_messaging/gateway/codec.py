"""The public functions that convert between entities and bytes, in both directions, and that make excerpts."""

from viber_messaging.gateway.decoder import Answer, decode_balance, decode_prices, decode_send, decode_status
from viber_messaging.gateway.encoder import (
    encode_balance,
    encode_delete,
    encode_prices,
    encode_send,
    encode_status,
    find_unsendable,
    find_unsendable_field,
)
from viber_messaging.gateway.excerpts import excerpt

__all__ = [
    "Answer",
    "decode_balance",
    "decode_prices",
    "decode_send",
    "decode_status",
    "encode_balance",
    "encode_delete",
    "encode_prices",
    "encode_send",
    "encode_status",
    "excerpt",
    "find_unsendable",
    "find_unsendable_field",
]
