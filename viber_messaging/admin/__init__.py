"""The admin: each folder is named after something that staff see. Importing this registers it with the default site."""

from django.contrib import admin

from viber_messaging.admin.campaign.admin import CampaignAdmin
from viber_messaging.admin.message.admin import MessageAdmin
from viber_messaging.admin.message.attempts import SendAttemptAdmin
from viber_messaging.admin.message.related_object import ViberMessagesMixin, messages_url
from viber_messaging.admin.recipient.admin import RecipientAdmin
from viber_messaging.admin.recipient.consent_log import ConsentChangeAdmin
from viber_messaging.admin.recipient.group import RecipientGroupAdmin
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
    "messages_url",
]

if admin.site.index_template is None:
    admin.site.index_template = "admin/viber_messaging/index.html"
