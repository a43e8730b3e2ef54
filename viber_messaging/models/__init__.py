"""What is: senders, recipients, messages, attempts, and the connection to the gateway."""

from viber_messaging.models.attempt import SendAttempt
from viber_messaging.models.connection import Connection
from viber_messaging.models.message import Message, MessageChanged
from viber_messaging.models.recipient import Recipient, RecipientGroup
from viber_messaging.models.sender import Sender

__all__ = ["Connection", "Message", "MessageChanged", "Recipient", "RecipientGroup", "SendAttempt", "Sender"]
