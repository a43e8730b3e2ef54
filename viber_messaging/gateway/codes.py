"""The gateway's codes. 200 to 202 mean different things for a request and for a message, hence two enumerations.

Source: the gateway's pages "Message status codes" and "Request error" (docs/api/xml/references/).
"""

from enum import IntEnum


class PhrasedCode(IntEnum):
    """A code with its short phrase from the gateway's documentation."""

    phrase: str

    def __new__(cls, value: int, phrase: str = "") -> "PhrasedCode":
        member = int.__new__(cls, value)
        member._value_ = value
        member.phrase = phrase
        return member


class RequestCode(PhrasedCode):
    """What the gateway says about a whole request, in ``<error>``."""

    ERR_UNKNOWN = 200, "Unknown error"
    ERR_FORMAT = 201, "Incorrect document format"
    ERR_AUTHORIZATION = 202, "Authorization error"
    ERR_USER_DISABLE = 205, "User disabled"
    ERR_API_DISABLE = 209, "API disabled by user"
    ERR_IP_DENIED = 210, "IP address is not allowed to make requests"
    ERR_THROTTLE = 212, "Exceeding the allowed sending rate"


class MessageCode(PhrasedCode):
    """What the gateway says about one message, in the answer to a send or in a status."""

    RECEIVED = 1, "Message successfully received"
    SCHEDULED = 100, "The message is scheduled"
    ENROUTE = 101, "The message is en route"
    DELIVERED = 102, "Message is delivered to destination"
    EXPIRED = 103, "Message validity period has expired"
    DELETED = 104, "Message has been deleted"
    UNDELIVERABLE = 105, "Message is undeliverable"
    ACCEPTED = 106, "Message is in accepted state"
    UNKNOWN = 107, "The message state is unknown"
    REJECTED = 108, "The message has been rejected by a delivery interface"
    DISCARDED = 109, "Message discarded"
    SENDING = 110, "Message in process of transferring to the network"
    NOT_SUPPORTED = 111, "Receiver's operator is not supported"
    WRONG_ALPHANAME = 112, "Sender's name was not approved by the operator"
    WRONG_ALPHANAME_RETURNED = 113, "Sender's name was not approved by the operator, money returned"
    READ = 116, "Message is read by the recipient"
    ERR_UNKNOWN = 200, "Unknown error"
    ERR_ID = 201, "Wrong message ID"
    ERR_SENDER = 202, "Incorrect sender ID"
    ERR_RECIPIENT = 203, "Incorrect recipient number"
    ERR_LENGTH = 204, "Message too long or empty"
    ERR_BILLING = 206, "Billing error"
    ERR_OVERLIMIT = 207, "Exceeding the limit of allocated messages"
    ERR_DUPLICATE = 208, "A message with the specified ID already exists"
    ERR_DELETE = 211, "Message deletion error"
