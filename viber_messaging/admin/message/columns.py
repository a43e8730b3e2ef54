"""The columns and fields of a message in the list and on its page."""

from django.contrib import admin
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from viber_messaging.admin.message.other_half import explain_halves, half_link
from viber_messaging.admin.message.status_sentences import explain_verdict, problem_that_holds
from viber_messaging.admin.pages.badges import badge, sms_mark
from viber_messaging.admin.pages.base import NOTHING
from viber_messaging.admin.pages.dates import date_and_time
from viber_messaging.gateway.entities import is_in_range
from viber_messaging.models import Message
from viber_messaging.states import TAKEN_STATES, MessageChannel, MessageState
from viber_messaging.words.explanations import explain_state, name_message_code, translate_error

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
        return format_html('{} <span class="viber-name">{}</span>', obj.phone, name)

    @admin.display(description=_("text"))
    def short_text(self, obj: Message) -> str:
        """Return the beginning of the text; where something is wrong, after the gateway's words about it."""
        text, problem = Truncator(obj.text).chars(LONGEST_TEXT), self.verdict(obj)
        return format_html('<span class="viber-why">{}</span> {}', problem, text) if problem else text

    @admin.display(description=_("status"))
    def state_badge(self, obj: Message) -> SafeString:
        """Return the state in its colour; the word says the same without it."""
        state = badge(f"state-{obj.state}", MessageState(obj.state).label)
        return format_html("{} {}", state, sms_mark()) if obj.channel == MessageChannel.SMS else state

    @admin.display(description=_("scheduled at"))
    def schedule(self, obj: Message) -> str:
        """Return when it is scheduled; unconverted if no other time zone can represent it."""
        moment = obj.scheduled_at
        if moment is None:
            return NOTHING
        return date_and_time(moment) if is_in_range(moment) else moment.isoformat(" ", "minutes")

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

    @admin.display(description=_("what it means"))
    def meaning(self, obj: Message) -> str:
        """Return the message's state, what the gateway said about it, and what to do."""
        why = problem_that_holds(obj) if obj.state == MessageState.QUEUED else explain_verdict(obj)
        where = explain_state(obj.state)
        said = why if where in why else f"{where} {why}"
        return " ".join(filter(None, [said.strip(), *explain_halves(obj)]))

    @admin.display(description=_("instead"))
    def sms_instead(self, obj: Message) -> str:
        """Return a link to the SMS that goes instead of a Viber message."""
        return half_link(obj, self.admin_site.name) or NOTHING

    @admin.display(description=_("instead of"))
    def viber_before(self, obj: Message) -> str:
        """Return a link to the Viber message that an SMS goes instead of."""
        return half_link(obj, self.admin_site.name) or NOTHING

    @admin.display(description=_("code"))
    def code_in_words(self, obj: Message) -> str:
        """Return the gateway's code with its meaning."""
        return name_message_code(obj.status_code) or NOTHING
