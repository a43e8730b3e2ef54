"""The admin, one module a noun. Importing a module registers it with the default site."""

from viber_messaging.admin.about import ViberMessagesMixin
from viber_messaging.admin.attempt import SendAttemptAdmin
from viber_messaging.admin.campaign import CampaignAdmin
from viber_messaging.admin.consent import ConsentChangeAdmin
from viber_messaging.admin.group import RecipientGroupAdmin
from viber_messaging.admin.message import MessageAdmin
from viber_messaging.admin.recipient import RecipientAdmin
from viber_messaging.admin.sender import SenderAdmin

__all__ = [
    "CampaignAdmin",
    "ConsentChangeAdmin",
    "MessageAdmin",
    "RecipientAdmin",
    "RecipientGroupAdmin",
    "SendAttemptAdmin",
    "SenderAdmin",
    "ViberMessagesMixin",
]
