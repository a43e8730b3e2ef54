"""All actions on messages, in one table.

The list's menu, a page's buttons and the questions are generated from it.
"""

from typing import Final

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from viber_messaging.admin.message.actions import operations, results
from viber_messaging.admin.message.actions.action import Action, Button, Question
from viber_messaging.delivery.connection import account
from viber_messaging.delivery.decisions.outcomes import REFERENCE_TAKEN
from viber_messaging.delivery.sms import obstacles, weight
from viber_messaging.delivery.status.manual_decisions import IS_UNDECIDED, UNDECIDED
from viber_messaging.states import (
    CANCELLABLE_STATES,
    REFRESHABLE_STATES,
    RETRYABLE_STATES,
    SENDABLE_STATES,
    MessageState,
)

_OF_DOUBT = frozenset(UNDECIDED)

SEND = Action(
    name="send_selected",
    label=_("Send selected messages"),
    sends=True,
    question=Question(
        title=_("Send these messages?"),
        button=ngettext_lazy("Send %(count)s message", "Send %(count)s messages", "count"),
        possible=Q(state__in=SENDABLE_STATES),
    ),
    deed=operations.send,
    note=_("Sent"),
    nudge=operations.send_queued,
    result=results.sent,
)
RETRY = Action(
    name="retry_selected",
    label=_("Retry selected messages"),
    sends=True,
    button=Button(label=_("Send again"), states=RETRYABLE_STATES),
    question=Question(
        title=_("Retry these messages?"),
        button=ngettext_lazy("Retry %(count)s message", "Retry %(count)s messages", "count"),
        possible=Q(state__in=RETRYABLE_STATES),
    ),
    deed=operations.retry,
    note=_("Retried"),
    nudge=operations.send_queued,
    result=results.retried,
)
CANCEL = Action(
    name="cancel_selected",
    label=_("Cancel selected messages"),
    button=Button(label=_("Cancel"), states=CANCELLABLE_STATES - {MessageState.DRAFT}),
    question=Question(
        title=_("Cancel these messages?"),
        button=ngettext_lazy("Cancel %(count)s message", "Cancel %(count)s messages", "count"),
        possible=Q(state__in=CANCELLABLE_STATES),
        warning=_("Messages that the gateway has already passed on cannot be cancelled. You will see how many."),
    ),
    deed=operations.cancel,
    note=_("Cancelled"),
    noted={"state": MessageState.CANCELLED},
    result=results.cancelled,
)
REFRESH = Action(
    name="refresh_selected",
    label=_("Refresh status of selected messages"),
    button=Button(
        label=_("Ask the gateway now"),
        states=REFRESHABLE_STATES - {MessageState.FAILED},
        errors=frozenset({REFERENCE_TAKEN}),
    ),
    deed=operations.refresh,
    nudge=operations.send_sms_of,
    result=results.refreshed,
)
SEND_BY_SMS = Action(
    name="send_by_sms",
    label=_("Send by SMS"),
    permission="send_sms",
    sends=True,
    is_new=True,
    button=Button(label=_("Send by SMS"), states=frozenset({MessageState.UNDELIVERED}), possible=obstacles.IS_POSSIBLE),
    question=Question(
        title=_("Send these messages by SMS?"),
        button=ngettext_lazy("Send %(count)s SMS", "Send %(count)s SMS", "count"),
        possible=obstacles.IS_POSSIBLE,
        weigh=weight.weigh,
        warning=_("If Viber reports later that it delivered a message after all, its recipient has got both."),
    ),
    deed=operations.send_by_sms,
    note=_("Sent by SMS"),
    nudge=operations.send_sms_of,
    result=results.sent_by_sms,
)
MARK_SENT = Action(
    name="mark_sent",
    label=_("Mark as sent (unconfirmed too long)"),
    button=Button(label=_("It was sent"), errors=_OF_DOUBT),
    question=Question(
        title=_("Mark these messages as sent?"),
        button=ngettext_lazy("Mark %(count)s message as sent", "Mark %(count)s messages as sent", "count"),
        possible=IS_UNDECIDED,
    ),
    deed=operations.mark_sent,
    note=_("Marked as sent"),
    result=results.marked,
)
SEND_AGAIN = Action(
    name="send_again",
    label=_("Send again (unconfirmed too long)"),
    sends=True,
    button=Button(label=_("It was not sent: send again"), errors=_OF_DOUBT),
    question=Question(
        title=_("Send these messages again?"),
        button=ngettext_lazy("Send %(count)s message again", "Send %(count)s messages again", "count"),
        possible=IS_UNDECIDED,
        warning=_("They may already have been sent: people may get them twice."),
    ),
    deed=operations.send_again,
    note=_("Sent again, although it may already have been sent"),
    nudge=operations.send_queued,
    result=results.sent_again,
)
TRUST_ACCOUNT = Action(
    name="trust_account",
    label=_("Ask again at the same account (unconfirmed)"),
    button=Button(label=_("Same account: ask it again"), errors=frozenset({account.OTHER_ACCOUNT})),
    question=Question(
        title=_("Is this the account that these messages were sent with?"),
        button=ngettext_lazy(
            "Same account: ask again about %(count)s message",
            "Same account: ask again about %(count)s messages",
            "count",
        ),
        possible=IS_UNDECIDED & Q(error=account.OTHER_ACCOUNT),
        warning=_(
            "Confirm only if the key was renewed or the address changed, but the account is the same. Messages that "
            "this account does not know are sent again: if they were sent with another account, people get them twice."
        ),
    ),
    deed=operations.trust_account,
    note=_("Same account: asked again"),
    nudge=operations.ask_again,
    result=results.trusted,
)

ACTIONS: Final = (SEND, RETRY, CANCEL, REFRESH, SEND_BY_SMS, MARK_SENT, SEND_AGAIN, TRUST_ACCOUNT)
"""The actions in the order of the list's menu."""
BUTTONS: Final = {
    action.name: action for action in (REFRESH, CANCEL, RETRY, SEND_BY_SMS, TRUST_ACCOUNT, MARK_SENT, SEND_AGAIN)
}
"""The buttons in the order of a message's page."""
