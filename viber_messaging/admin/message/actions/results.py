"""The result of an action in sentences: how many messages were changed, and why the others were not."""

from collections.abc import Iterator

from django.contrib import messages
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from viber_messaging.admin.message.actions import operations
from viber_messaging.admin.message.actions.action import Done
from viber_messaging.admin.message.actions.counts import counted, left, named, put_on_their_way
from viber_messaging.admin.pages.banner import find_gateway_problem
from viber_messaging.admin.pages.sentences import Sentence
from viber_messaging.delivery import consent
from viber_messaging.delivery.report import Report
from viber_messaging.delivery.sms.obstacles import Obstacles
from viber_messaging.delivery.status.cancellation import Cancellation
from viber_messaging.states import RETRYABLE_STATES
from viber_messaging.words.explanations import translate_error


def sent(done: Done) -> Iterator[Sentence]:
    """Report the states of the messages sent, and why others were not."""
    yield from _on_their_way(done)
    yield from _left_of(done, _("only drafts and failed messages can be sent"))


def retried(done: Done) -> Iterator[Sentence]:
    """Report the states of the messages retried, and why others were not."""
    yield from _on_their_way(done)
    why = _("only messages with these statuses can be retried: %(states)s") % {"states": named(RETRYABLE_STATES)}
    yield from _left_of(done, why)


def sent_again(done: Done) -> Iterator[Sentence]:
    """Report the states of the messages resent by a person's decision, and why others were not."""
    yield from _on_their_way(done)
    yield from _left_of(done, _only_doubtful())


def cancelled(done: Done) -> Iterator[Sentence]:
    """Tell what became of a wish to cancel."""
    cancellation: Cancellation = done.answer
    yield from _cancelled(cancellation)
    count = done.total - cancellation.cancelled - cancellation.too_late - cancellation.unclear
    if not cancellation.problem:
        yield from left(count, _("only messages that wait here, or that the gateway still holds, can be cancelled"))


def refreshed(done: Done) -> Iterator[Sentence]:
    """Report what the gateway answered, and about how many messages it was not asked."""
    if done.pks:
        yield from _refreshed(len(done.pks), done.answer)
    why = _("the gateway has no more news of them, or there are too many to ask about at once")
    yield from left(done.untouched, why)


def sent_by_sms(done: Done) -> Iterator[Sentence]:
    """Report the states of the SMS, and why others were not sent."""
    if done.pks:
        yield from put_on_their_way(operations.sms_of(done.pks))
    found: Obstacles = done.answer
    reasons = {
        _("an SMS was already sent instead"): found.replaced,
        _("the recipient opted out and receives no more messages"): found.opted_out,
        _("the text is too long for an SMS"): found.too_long,
        _("this site sends no SMS"): found.switched_off,
    }
    for why, count in reasons.items():
        yield from left(count, why)
    why = _("only Viber messages that were not delivered, of campaigns that were not cancelled, can be sent by SMS")
    yield from left(done.untouched - sum(reasons.values()), why)


def marked(done: Done) -> Iterator[Sentence]:
    """Report how many messages were marked as sent."""
    if count := len(done.pks):
        sentence = ngettext("%(count)s message was marked as sent.", "%(count)s messages were marked as sent.", count)
        yield messages.SUCCESS, sentence % {"count": count}
    yield from left(done.untouched, _only_doubtful())


def trusted(done: Done) -> Iterator[Sentence]:
    """Report how many messages are asked about again, and what follows."""
    if count := len(done.pks):
        sentence = ngettext(
            "The account is asked about %(count)s message again. If the account does not know it, it is sent.",
            "The account is asked about %(count)s messages again. Those that it does not know are sent.",
            count,
        )
        yield messages.SUCCESS, sentence % {"count": count}
    why = _("this is only for messages that may have been sent with another address or key")
    yield from left(done.untouched, why)


def _on_their_way(done: Done) -> Iterator[Sentence]:
    if done.pks:
        yield from put_on_their_way(list(done.pks))


def _cancelled(result: Cancellation) -> Iterator[Sentence]:
    """Tell what became of a wish to cancel."""
    if count := result.cancelled:
        sentence = ngettext("%(count)s message was cancelled.", "%(count)s messages were cancelled.", count)
        yield messages.SUCCESS, sentence % {"count": count}
    if count := result.too_late:
        sentence = ngettext(
            "%(count)s message could not be cancelled: the gateway has already passed it on.",
            "%(count)s messages could not be cancelled: the gateway has already passed them on.",
            count,
        )
        yield messages.WARNING, sentence % {"count": count}
    if count := result.unclear:
        sentence = ngettext(
            "The gateway did not say whether it cancelled %(count)s message: try again, or refresh its status.",
            "The gateway did not say whether it cancelled %(count)s messages: try again, or refresh their status.",
            count,
        )
        yield messages.WARNING, sentence % {"count": count}
    if result.problem:
        sentence = _("The gateway could not be asked to cancel the messages that it has: %(why)s")
        yield messages.ERROR, sentence % {"why": translate_error(result.problem)}


def _refreshed(count: int, report: Report) -> Iterator[Sentence]:
    """Report what the gateway answered about ``count`` messages."""
    problem = find_gateway_problem()
    if report.problem or (not report.asked and problem is not None):
        why = problem.explanation if problem is not None else translate_error(report.problem)
        yield messages.ERROR, _("The gateway could not be asked: %(why)s") % {"why": why}
        return
    sentence = ngettext(
        "The gateway was asked about %(count)s message: %(news)s.",
        "The gateway was asked about %(count)s messages: %(news)s.",
        count,
    )
    yield messages.SUCCESS, sentence % {"count": count, "news": counted(report.moved) or _("nothing new")}


def _left_of(done: Done, why: str) -> Iterator[Sentence]:
    """Report how many messages were not changed: taken by the gateway, opted out, or else for the reason ``why``."""
    untaken = done.fitting.untaken()
    taken, refused = done.fitting.count() - untaken.count(), consent.unwanted(untaken).count()
    yield from left(taken, _("the gateway has already received it; copy it as a new message instead"))
    yield from left(refused, _("the recipient opted out and receives no more messages"))
    yield from left(done.untouched - taken - refused, why)


def _only_doubtful() -> str:
    return _("this is only for unconfirmed messages that wait for a person to decide")
