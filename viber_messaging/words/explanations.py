"""What the gateway's codes and our states mean for staff, and what they should do.

Source of the codes: the gateway's pages "Message status codes" and "Request error". An unknown code gets its own
sentence; nothing here raises.
"""

from collections.abc import Mapping
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from viber_messaging.gateway.codes import MessageCode, RequestCode
from viber_messaging.states import AttemptOutcome, MessageState
from viber_messaging.words import gateway_sentences


class Explanation(NamedTuple):
    """What something means, and what to do about it; there is nothing to do if ``advice`` is empty."""

    meaning: Promise
    advice: Promise | str = ""

    def __str__(self) -> str:
        return f"{self.meaning} {self.advice}".strip()


_E = Explanation
_NOTHING_TO_DO = _("You need not do anything.")
_CHECK_PHONE = _("Check the phone number, or contact the person in another way.")
_REGISTER_SENDER = _("Register it with the gateway, or choose another sender.")
_CALL_GATEWAY = _("If it happens again, ask the gateway's support and tell them the reference.")

MESSAGE_CODES: Mapping[MessageCode, Explanation] = {
    MessageCode.RECEIVED: _E(_("The gateway received the message.")),
    MessageCode.SCHEDULED: _E(_("The gateway will deliver the message at the scheduled time.")),
    MessageCode.ENROUTE: _E(_("The message is on its way.")),
    MessageCode.DELIVERED: _E(_("The message was delivered.")),
    MessageCode.EXPIRED: _E(
        _("The message was not delivered in time: the phone was off or has no Viber."), _CHECK_PHONE
    ),
    MessageCode.DELETED: _E(_("The message was deleted before it was delivered.")),
    MessageCode.UNDELIVERABLE: _E(_("The message cannot be delivered to this phone number."), _CHECK_PHONE),
    MessageCode.ACCEPTED: _E(_("The message was accepted for delivery.")),
    MessageCode.UNKNOWN: _E(
        _("The gateway does not know what happened to the message."), _("The gateway will be asked again.")
    ),
    MessageCode.REJECTED: _E(_("Viber or the operator refused to deliver the message."), _CHECK_PHONE),
    MessageCode.DISCARDED: _E(_("The gateway dropped the message."), _CALL_GATEWAY),
    MessageCode.SENDING: _E(_("The message is being passed on to the network.")),
    MessageCode.NOT_SUPPORTED: _E(_("The gateway does not serve the operator of this phone number."), _CHECK_PHONE),
    MessageCode.WRONG_ALPHANAME: _E(_("The operator has not approved the sender's name."), _REGISTER_SENDER),
    MessageCode.WRONG_ALPHANAME_RETURNED: _E(
        _("The operator has not approved the sender's name; the money was returned."), _REGISTER_SENDER
    ),
    MessageCode.READ: _E(_("The recipient has read the message.")),
    MessageCode.ERR_UNKNOWN: _E(_("The gateway refused the message without giving a reason."), _CALL_GATEWAY),
    MessageCode.ERR_ID: _E(_("The gateway does not know this reference."), _CALL_GATEWAY),
    MessageCode.ERR_SENDER: _E(_("The sender's name is not registered with the gateway."), _REGISTER_SENDER),
    MessageCode.ERR_RECIPIENT: _E(
        _("The gateway does not accept this phone number."), _("Check the phone number and create a new message.")
    ),
    MessageCode.ERR_LENGTH: _E(_("The text is too long, or empty."), _("Create a new message with a different text.")),
    MessageCode.ERR_BILLING: _E(
        _("There is not enough money on the gateway's account."), _("Top it up; the messages wait.")
    ),
    MessageCode.ERR_OVERLIMIT: _E(
        _("The account has used up its limit of messages."), _("Raise the limit at the gateway, then retry.")
    ),
    MessageCode.ERR_DUPLICATE: _E(
        _("The gateway already has a message with this reference."), _("Refresh its status before anything else.")
    ),
    MessageCode.ERR_DELETE: _E(_("The message could not be deleted: it was too late."), _NOTHING_TO_DO),
}

REQUEST_CODES: Mapping[RequestCode, Explanation] = {
    RequestCode.ERR_UNKNOWN: _E(
        _("The gateway has an internal error."), _("Wait. If this continues, ask the gateway's support.")
    ),
    RequestCode.ERR_FORMAT: _E(
        _("The gateway does not understand the request."), _("Ask your developers to look at the attempts.")
    ),
    RequestCode.ERR_AUTHORIZATION: _E(
        _("The gateway does not know the API key."),
        _("Ask your developers to compare API_KEY in the settings with the key in the gateway's control panel."),
    ),
    RequestCode.ERR_USER_DISABLE: _E(_("The gateway's account is disabled."), _("Ask the gateway's support why.")),
    RequestCode.ERR_API_DISABLE: _E(
        _("The API is switched off for this account."), _("Switch it on in the gateway's control panel.")
    ),
    RequestCode.ERR_IP_DENIED: _E(
        _("The gateway does not allow requests from this server's address."),
        _("Add the server's address to the allowed addresses in the gateway's control panel."),
    ),
    RequestCode.ERR_THROTTLE: _E(
        _("Messages were sent faster than the account allows."),
        _("Wait: sending continues automatically, more slowly."),
    ),
}

STATES: Mapping[MessageState, Explanation] = {
    MessageState.DRAFT: _E(_("Nothing has been sent yet."), _("Press Send when the message is ready.")),
    MessageState.QUEUED: _E(_("The message is waiting to be sent.")),
    MessageState.SENDING: _E(_("The message is being sent right now."), _("Check again in a moment.")),
    MessageState.ACCEPTED: _E(_("The gateway has the message and delivers it.")),
    MessageState.DELIVERED: _E(_("The message was delivered.")),
    MessageState.READ: _E(_("The recipient has read the message.")),
    MessageState.UNDELIVERED: _E(_("The gateway could not deliver the message.")),
    MessageState.REJECTED: _E(_("The gateway refused the message.")),
    MessageState.UNCONFIRMED: _E(
        _("The message may have been sent."), _("The gateway will be asked; do not resend it.")
    ),
    MessageState.CANCELLED: _E(_("The message was cancelled and will not be sent.")),
    MessageState.FAILED: _E(_("The message was not sent."), _("Find out why before you retry it.")),
}

OUTCOMES: Mapping[AttemptOutcome, Explanation] = {
    AttemptOutcome.ACCEPTED: _E(_("The gateway received the message.")),
    AttemptOutcome.REJECTED: _E(_("The gateway refused the message.")),
    AttemptOutcome.NOT_SENT: _E(_("Nothing reached the gateway.")),
    AttemptOutcome.UNKNOWN: _E(_("It may have reached the gateway, but no answer confirmed it.")),
}

REASONS: Mapping[str, Explanation] = {
    "unreachable": _E(
        _("The gateway cannot be reached."),
        _(
            "The messages wait and will be sent automatically. If this continues, ask your developers to check the "
            "server's network."
        ),
    ),
    "untrusted": _E(
        _("The gateway's certificate cannot be trusted."),
        _("Ask your developers to check the server's clock, its certificates and its proxy."),
    ),
    "misdirected": _E(
        _("Another server answers at the gateway's address."),
        _("Ask your developers to check API_URL in the settings, and the proxy."),
    ),
    "account_refused": _E(
        _("The gateway refuses this account."),
        _("Ask your developers to check API_KEY in the settings, and the gateway's control panel."),
    ),
    "throttled": REQUEST_CODES[RequestCode.ERR_THROTTLE],
    "package_refused": REQUEST_CODES[RequestCode.ERR_FORMAT],
    "not_sent": _E(
        _("Nothing reached the gateway."),
        _("The messages wait and will be sent automatically."),
    ),
    "unclear": _E(
        _("The gateway gives no clear answer."),
        _(
            "The messages wait and will be sent automatically. First, the gateway is asked about those that may have "
            "been sent."
        ),
    ),
    "unrecorded": _E(
        _("Nothing is sent in the meantime, so that nothing is sent twice."),
        _("Ask your developers to check the database and its disk."),
    ),
    "billing": MESSAGE_CODES[MessageCode.ERR_BILLING],
}
"""By the word stored in ``Connection.reason``."""


def name_message_code(code: int | None) -> str:
    """Return a message's code with its meaning; an empty string if there is no code."""
    if code is None:
        return ""
    known = MESSAGE_CODES.get(code)  # type: ignore[call-overload]
    return f"{code}: {known.meaning}" if known else _unknown_number(code)


def advise_message_code(code: int | None) -> str:
    """Return what to do about a message with this code; an empty string if there is nothing to do."""
    known = MESSAGE_CODES.get(code)  # type: ignore[call-overload]
    return str(known.advice) if known else ""


def explain_message_code(code: int | None) -> str:
    """Return a message's code with its meaning and what to do; an empty string if there is no code."""
    return _explain(code, MESSAGE_CODES)


def explain_request_code(code: int | None) -> str:
    """Return a request's error with its meaning and what to do; an empty string if there is no code."""
    return _explain(code, REQUEST_CODES)


def explain_state(state: str) -> str:
    """Return what it means that a message is in ``state``, and what to do."""
    return str(STATES.get(state, ""))  # type: ignore[call-overload]


def explain_outcome(outcome: str) -> str:
    """Return what the outcome of an attempt means."""
    return str(OUTCOMES.get(outcome, ""))  # type: ignore[call-overload]


def explain_reason(reason: str, code: int | None) -> str:
    """Return why the connection does not work and what to do, by the gateway's own code if it is known."""
    if reason != "billing" and code in REQUEST_CODES:
        return explain_request_code(code)
    explanation = str(REASONS.get(reason, _("The gateway cannot be used.")))
    return explanation if code is None else f"{code}: {explanation}"


def translate_error(error: str) -> str:
    """Return a stored sentence in the reader's language; without a translation, unchanged."""
    if not error:
        return ""
    translated = gettext(error)
    return translated if translated != error else gateway_sentences.translate(error)


def _explain(code: int | None, table: Mapping[MessageCode, Explanation] | Mapping[RequestCode, Explanation]) -> str:
    if code is None:
        return ""
    known = table.get(code)  # type: ignore[call-overload]
    return f"{code}: {known}" if known else _unknown_number(code)


def _unknown_number(code: int) -> str:
    sentence = gettext("The gateway answered with the code %(code)s, which its documentation does not list.")
    return sentence % {"code": str(code)}
