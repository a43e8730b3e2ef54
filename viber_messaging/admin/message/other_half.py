"""The two halves of a story: a Viber message, and the SMS that goes instead of it."""

from collections.abc import Iterator, Mapping

from django.db.models import prefetch_related_objects
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from viber_messaging.admin.pages.badges import state_badge
from viber_messaging.admin.pages.links import linked, url_of
from viber_messaging.models import Message
from viber_messaging.states import MOVING_STATES, REACHED_STATES, MessageChannel, MessageState, Recall

SMS_STATES: Mapping[MessageState, Promise] = {
    MessageState.DRAFT: gettext_lazy("An SMS instead is not sent yet."),
    MessageState.QUEUED: gettext_lazy("An SMS instead waits to be sent."),
    MessageState.SENDING: gettext_lazy("An SMS instead is being sent right now."),
    MessageState.ACCEPTED: gettext_lazy("An SMS was sent instead."),
    MessageState.DELIVERED: gettext_lazy("An SMS was sent instead, and delivered."),
    MessageState.READ: gettext_lazy("An SMS was sent instead, and delivered."),
    MessageState.UNDELIVERED: gettext_lazy("An SMS was sent instead, and was not delivered either."),
    MessageState.REJECTED: gettext_lazy("The gateway refused the SMS instead."),
    MessageState.UNCONFIRMED: gettext_lazy("An SMS instead may have been sent."),
    MessageState.CANCELLED: gettext_lazy("The SMS instead was cancelled."),
    MessageState.FAILED: gettext_lazy("The SMS instead was not sent."),
}
"""What became of the SMS, on the page of the Viber message."""

RECALLS: Mapping[str, Promise] = {
    Recall.ASKED: gettext_lazy(
        "The gateway was asked to delete it, so that an SMS can go instead; its answer is not known yet."
    ),
    Recall.LATE: gettext_lazy(
        "It was too late for the gateway to delete it. An SMS goes only if Viber does not reach the recipient."
    ),
    Recall.CALLED_OFF: gettext_lazy("A person cancelled it, so no SMS goes instead."),
}
"""What became of the question whether the gateway can delete a Viber message that is still under way."""


def other_half(message: Message) -> Message | None:
    """Return the SMS of a Viber message, or the Viber message of an SMS; read once for each object."""
    if message._state.adding:
        return None
    if message.channel == MessageChannel.SMS:
        return message.fallback_of
    prefetch_related_objects([message], "sms")
    return next(iter(message.sms.all()), None)


def half_link(message: Message, site_name: str) -> SafeString | str:
    """Return a link to the other half, with its state; empty if there is none."""
    half = other_half(message)
    if half is None:
        return ""
    name = f"{MessageChannel(half.channel).label} {half.reference}"
    link = linked(url_of("viber_messaging_message_change", site_name, half.pk), name)
    return format_html("{} {}", link, state_badge(half.state))


def explain_halves(message: Message) -> Iterator[str]:
    """Yield what the other way means for this message: what became of it, or when it is taken."""
    half = other_half(message)
    if half is None:
        yield from _explain_wish(message)
    elif message.channel == MessageChannel.SMS:
        yield from _explain_sms(half, message)
    else:
        yield from _explain_replaced(message, half)


def _explain_wish(message: Message) -> Iterator[str]:
    """Yield when an SMS would go instead of a Viber message that has none."""
    if message.channel == MessageChannel.SMS or not message.sms_text or message.state not in MOVING_STATES:
        return
    if message.recall:
        yield str(RECALLS[message.recall])
    elif message.sms_after is None:
        yield _("If Viber does not reach the recipient, an SMS goes instead.")
    else:
        sentence = ngettext(
            "If Viber has not delivered it within %(count)s minute, and the gateway can still delete it, an SMS goes "
            "instead.",
            "If Viber has not delivered it within %(count)s minutes, and the gateway can still delete it, an SMS goes "
            "instead.",
            message.sms_after,
        )
        yield sentence % {"count": message.sms_after}


def _explain_sms(viber: Message, sms: Message) -> Iterator[str]:
    if viber.state in REACHED_STATES:
        # The SMS that was cancelled for this reason says so itself.
        if sms.state != MessageState.CANCELLED:
            yield _("Viber reached the recipient after all.")
    else:
        yield _("This SMS goes instead of a Viber message that did not reach the recipient.")


def _explain_replaced(viber: Message, sms: Message) -> Iterator[str]:
    if viber.state in REACHED_STATES and sms.state in REACHED_STATES:
        yield _("The recipient got both this message and an SMS.")
        return
    if viber.state not in REACHED_STATES | MOVING_STATES:
        yield _("Viber did not reach the recipient.")
    yield str(SMS_STATES[MessageState(sms.state)])
