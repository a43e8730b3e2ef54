"""The columns and fields of a message in the list and on its page."""

from django.contrib import admin
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from viber_messaging.admin.pages.badges import message_badge
from viber_messaging.admin.pages.base import NOTHING
from viber_messaging.admin.pages.dates import date_and_time
from viber_messaging.models import Message
from viber_messaging.states import TAKEN_STATES
from viber_messaging.words.explanations import name_message_code, translate_error

LONGEST_TEXT = 200
"""The most characters of a text in the list; the browser cuts it where the window ends."""


class MessageColumns:
    """Numbers without thousands separators, states in colours, codes in words."""

    admin_site: admin.AdminSite

    @admin.display(description=_("our ID"), ordering="reference")
    def reference_number(self, obj: Message) -> str:
        """Return the reference as the gateway sees it."""
        return str(obj.reference)

    @admin.display(description=_("recipient"), ordering="phone")
    def addressee(self, obj: Message) -> SafeString:
        """Return the phone and, in the list of a user who may view people, the name."""
        name = getattr(obj, "recipient_name", None) or ""
        return format_html('<bdi dir="ltr">{}</bdi> <span class="viber-name">{}</span>', obj.phone, name)

    @admin.display(description=_("text"))
    def short_text(self, obj: Message) -> str:
        """Return the beginning of the text; where something is wrong, after the gateway's words about it."""
        text, problem = Truncator(obj.text).chars(LONGEST_TEXT), self.verdict(obj)
        return format_html('<span class="viber-why">{}</span> {}', problem, text) if problem else text

    @admin.display(description=_("status"))
    def state_badge(self, obj: Message) -> SafeString:
        """Return the state in its colour; the word says the same without it."""
        return message_badge(obj)

    @admin.display(description=_("the gateway says"))
    def verdict(self, obj: Message) -> str:
        """Return why the message did not go well, as the gateway says; empty if it did."""
        if obj.state in TAKEN_STATES:
            return ""
        return name_message_code(obj.status_code) or translate_error(obj.error)

    @admin.display(description=pgettext_lazy("of a message", "time"), ordering="created_at")
    def moved_at(self, obj: Message) -> str:
        """Return when the message was queued or, for a draft, written."""
        return date_and_time(obj.queued_at or obj.created_at)

    @admin.display(description=_("code"))
    def code_in_words(self, obj: Message) -> str:
        """Return the gateway's code with its meaning."""
        return name_message_code(obj.status_code) or NOTHING
