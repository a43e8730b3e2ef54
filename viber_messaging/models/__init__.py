"""The models: senders, recipients and consent, campaigns, messages, attempts, the connection, pending uploads."""

from viber_messaging.models.attempt import SendAttempt
from viber_messaging.models.campaign import Campaign, CampaignChanged
from viber_messaging.models.connection import Connection
from viber_messaging.models.consent import ConsentChange, ConsentSource
from viber_messaging.models.message import Message
from viber_messaging.models.recipient import GroupInUse, OptInBypassed, Recipient, RecipientGroup
from viber_messaging.models.save_rules import MessageChanged
from viber_messaging.models.search import KeptSearch
from viber_messaging.models.sender import Sender
from viber_messaging.models.staged import StagedImport, StagedPart, StagedPiece

__all__ = [
    "Campaign",
    "CampaignChanged",
    "Connection",
    "ConsentChange",
    "ConsentSource",
    "GroupInUse",
    "KeptSearch",
    "Message",
    "MessageChanged",
    "OptInBypassed",
    "Recipient",
    "RecipientGroup",
    "SendAttempt",
    "Sender",
    "StagedImport",
    "StagedPart",
    "StagedPiece",
]
