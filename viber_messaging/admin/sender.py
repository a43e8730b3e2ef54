"""Senders: the names that messages are sent under."""

from django.contrib import admin

from viber_messaging.admin.base import BaseAdmin
from viber_messaging.models import Sender


@admin.register(Sender)
class SenderAdmin(BaseAdmin):
    """Names as registered with the gateway; an inactive one is offered no more."""

    list_display = ["name", "is_active"]
    list_filter = ["is_active"]
    search_fields = ["name"]
