"""The state of a message in one sentence, for the user who pressed the button."""

from collections.abc import Mapping
from typing import Final

from django.contrib import messages
from django.utils import timezone
from django.utils.translation import gettext as _

from viber_messaging.admin.pages.banner import find_problem
from viber_messaging.admin.pages.dates import date_and_time
from viber_messaging.conf import conf
from viber_messaging.gateway.codes import MessageCode
from viber_messaging.models import Message
from viber_messaging.states import SENDABLE_STATES, CampaignState, MessageState
from viber_messaging.words.explanations import explain_message_code, explain_state, name_message_code, translate_error

LEVELS: Final[Mapping[MessageState, int]] = {
    MessageState.DRAFT: messages.SUCCESS,
    MessageState.QUEUED: messages.INFO,
    MessageState.SENDING: messages.INFO,
    MessageState.ACCEPTED: messages.SUCCESS,
    MessageState.DELIVERED: messages.SUCCESS,
    MessageState.READ: messages.SUCCESS,
    MessageState.UNDELIVERED: messages.ERROR,
    MessageState.REJECTED: messages.ERROR,
    MessageState.UNCONFIRMED: messages.WARNING,
    MessageState.CANCELLED: messages.WARNING,
    MessageState.FAILED: messages.ERROR,
}
"""The message level for each state."""


def describe(message: Message) -> tuple[int, str]:
    """Return the level and the sentence for a message's state, with what to do."""
    state = MessageState(message.state)
    if state == MessageState.QUEUED and (waits := problem_that_holds(message)):
        return messages.WARNING, _("Waiting in the queue: %(why)s") % {"why": waits}
    return LEVELS[state], _sentence(message, state)


def _sentence(message: Message, state: MessageState) -> str:
    if state == MessageState.DRAFT:
        return _("Saved as a draft. Nothing was sent.")
    if state == MessageState.QUEUED:
        return _("Waiting in the queue: %(why)s") % {"why": _turn(message)}
    if state == MessageState.ACCEPTED and message.msg_id:
        facts = {"number": message.msg_id, "code": name_message_code(message.status_code)}
        return _("Accepted by the gateway as %(number)s (code %(code)s)") % facts
    if state == MessageState.REJECTED:
        return _("The gateway refused it: %(why)s") % {"why": explain_verdict(message)}
    return " ".join(filter(None, [explain_state(state), explain_verdict(message)]))


def explain_verdict(message: Message) -> str:
    """Return the gateway's code in words, what to do, and other recorded errors, without repetition."""
    explained, noted = explain_message_code(message.status_code), message.error
    if noted and not _repeats_code(noted, message.status_code):
        return " ".join(filter(None, [explained, translate_error(noted)]))
    return explained


def _repeats_code(error: str, code: int | None) -> bool:
    return error in {member.phrase for member in MessageCode if member == code}


def came_too_late(message: Message) -> bool:
    """Return whether the message was queued only after its scheduled time."""
    if message.state in SENDABLE_STATES or None in (message.scheduled_at, message.queued_at):
        return False
    return bool(message.scheduled_at < message.queued_at)


def problem_that_holds(message: Message) -> str:
    """Return why a queued message is not sent, if something is wrong; empty if it only waits for its turn."""
    if message.campaign is not None and message.campaign.state == CampaignState.PAUSED:
        return _("its campaign is paused.")
    problem = find_problem()
    if problem is not None:
        return " ".join(filter(None, [problem.said, problem.explanation]))
    return translate_error(message.error)


def _turn(message: Message) -> str:
    """Return when a message without problems will be sent."""
    if message.next_attempt_at is not None and message.next_attempt_at > timezone.now():
        return _("it will be tried again at %(moment)s.") % {"moment": date_and_time(message.next_attempt_at)}
    if conf.DISPATCH == "inline":
        return _("it will be sent with the next message, or by the worker.")
    return _("the worker will send it shortly.")
