"""Send one package: whole, or in halves while the gateway refuses its form."""

import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import TypeAlias

from django.db import Error
from django.utils import timezone

from viber_messaging.conf import conf
from viber_messaging.delivery.connection import health, outages
from viber_messaging.delivery.decisions import backoff, outcomes
from viber_messaging.delivery.decisions.outcomes import Verdict
from viber_messaging.delivery.queue import claims
from viber_messaging.delivery.queue.claim_statements import Claim
from viber_messaging.delivery.queue.claims import ClaimedPackage
from viber_messaging.delivery.report import Report
from viber_messaging.delivery.send import results
from viber_messaging.delivery.send.results import NO_NUMBERS, NO_PARTS, Numbers, Parts, Verdicts
from viber_messaging.delivery.status import duplicate_answers
from viber_messaging.delivery.status.duplicate_answers import Repeat
from viber_messaging.gateway import errors
from viber_messaging.gateway.codec import find_unsendable_field
from viber_messaging.gateway.codes import MessageCode
from viber_messaging.gateway.entities import Channel, OutgoingMessage, Reply, SendResult
from viber_messaging.models import Connection

Post: TypeAlias = Callable[[Sequence[OutgoingMessage]], Reply[SendResult]]
"""A function that makes one request to the gateway: it returns the answer, or raises as ``Client.send`` does."""


class Delivery:
    """One claimed package, from its first request until every outcome is recorded."""

    def __init__(
        self,
        package: ClaimedPackage,
        report: Report,
        seen: Connection | None = None,
        *,
        since: datetime | None = None,
    ) -> None:
        self.package = package
        self.report = report
        self.seen = seen
        """The connection row before the first request; None if unknown, or if we have recorded a failure since."""
        self.since = since or package.claimed_at
        """When the package was decided on, before the check whether sending is allowed."""
        self.started_at: datetime = timezone.now()
        self.pieces: list[Sequence[Claim]] = _by_channel(package.claims)
        """What remains to be sent."""
        self.culprits: list[tuple[Claim, errors.PackageRefused]] = []
        self.accepted_any = False

    @property
    def size(self) -> int:
        """Return how many messages the package holds."""
        return len(self.package.claims)

    def run(self, post: Post) -> None:
        """Send the package; whatever happens, every message of it is recorded or given back."""
        while self.may_go_on():
            self.send_next(post)
        self.end()

    def may_go_on(self) -> bool:
        """Return whether there is a piece to send, and its request may begin now."""
        return bool(self.pieces) and not self.report.problem and self.package.has_time_to_post()

    def next_messages(self) -> list[OutgoingMessage]:
        """Return the messages of the next piece to send."""
        return [claim.outgoing for claim in self.pieces[-1]]

    def send_next(self, post: Post) -> None:
        """Send the next piece and record its outcome. If an exception is raised, give back what was not sent first."""
        try:
            self.pieces.extend(self._send(self.pieces.pop(), post))
        except Exception:
            self.report.problem = self.report.problem or outcomes.INTERRUPTED
            with suppress(Error):
                self.end()
            raise

    def lose(self) -> None:
        """Record the outcome of the current request as unknown: nobody waits for its answer any more."""
        self.report.problem = self.report.problem or outcomes.INTERRUPTED
        self._record({outcomes.judge_interrupted(): self.pieces.pop()})
        self.end()

    def end(self) -> None:
        """Settle the messages that the gateway refused, and give back those that were never in a request."""
        self._settle_culprits()
        for piece in self.pieces:
            claims.release(self.package, piece)

    def _send(self, piece: Sequence[Claim], post: Post) -> list[Sequence[Claim]]:
        """Send one piece; return the smaller pieces that remain to be sent."""
        try:
            reply = post([claim.outgoing for claim in piece])
        except errors.UnsendableText:
            return self._without_unsendable(piece)
        except errors.PackageRefused as error:
            return self._halve(piece, error)
        except errors.NotSent as error:
            failure = self._note(error)
            self._record({outcomes.judge_not_sent(error, wait_seconds=failure.wait_seconds): piece})
        except errors.GatewayError as error:
            self._note(error)
            self._record({outcomes.judge_unknown(error): piece})
        except Exception:
            self._record({outcomes.judge_interrupted(): piece})
            raise
        else:
            self._accept(piece, reply)
        return []

    def _accept(self, piece: Sequence[Claim], reply: Reply[SendResult]) -> None:
        self.accepted_any = True
        verdicts, answers = _judge(piece, reply, self.package.token), reply.results
        ids = {claim.pk: claim.outgoing.id for claim in piece}
        numbers = {pk: answers[id_].msg_id for pk, id_ in ids.items() if id_ in answers}
        self._record(verdicts, numbers, _parts(piece, answers))
        if any(verdict.status_code == MessageCode.ERR_BILLING for verdict in verdicts):
            outages.out_of_money(since=self.since, seen=self.seen)
            self.report.problem = outcomes.NO_BILLING
        elif not self.report.problem:
            # If another request of this run caused a pause meanwhile, our success does not end it.
            outages.succeeded(self.seen, since=self.since)

    def _note(self, error: errors.GatewayError) -> health.Failure:
        seen, self.seen = self.seen, None
        if self.report.problem:
            # Several requests were under way when this run paused. Count one outage as one failure.
            return health.Failure(wait_seconds=0.0, pauses=True)
        failure = outages.failed(error, since=self.since, seen=seen)
        self.since = timezone.now()
        if failure.pauses:
            self.report.problem = str(error)
        return failure

    def _halve(self, piece: Sequence[Claim], error: errors.PackageRefused) -> list[Sequence[Claim]]:
        if len(piece) == 1:
            self.culprits.append((piece[0], error))
            return []
        return _halves(piece)

    def _without_unsendable(self, piece: Sequence[Claim]) -> list[Sequence[Claim]]:
        """Set aside the messages that the wire format cannot carry, and continue with the others."""
        fields = {claim: find_unsendable_field(claim.outgoing) for claim in piece}
        if not any(fields.values()):
            return self._without_unsendable_to_others(piece)
        rest = [claim for claim in piece if not fields[claim]]
        self.pieces += [rest] if rest else []
        self._record(grouped((outcomes.judge_unsendable(field), claim) for claim, field in fields.items() if field))
        return []

    def _without_unsendable_to_others(self, piece: Sequence[Claim]) -> list[Sequence[Claim]]:
        """Find the message that the site's own gateway class cannot carry, although ours could."""
        if len(piece) > 1:
            return _halves(piece)
        self._record({outcomes.judge_unsendable("text"): piece})
        return []

    def _settle_culprits(self) -> None:
        """Reject the messages that were refused even alone, unless all were: then the messages are not at fault."""
        if not self.culprits:
            return
        if len(self.culprits) > 1 and not self.accepted_any:
            self._note(self.culprits[0][1])
            self._record(grouped((_wait_longer_than_others(claim, error), claim) for claim, error in self.culprits))
            return
        self._record(grouped((outcomes.judge_culprit(error), claim) for claim, error in self.culprits))

    def _record(self, verdicts: Verdicts, numbers: Numbers = NO_NUMBERS, parts: Parts = NO_PARTS) -> None:
        """Save the outcomes. If that fails, stop all sending before raising."""
        if not verdicts:
            return
        try:
            moved = results.record(self.package, verdicts, started_at=self.started_at, numbers=numbers, parts=parts)
        except Error:
            self._stop_all()
            raise
        self.report.moved.update(moved)
        self.report.sent += sum(map(len, verdicts.values()))

    def _stop_all(self) -> None:
        """Stop sending in this run, which may have other requests under way, and in all other processes."""
        if self.report.problem == outcomes.NOT_RECORDED:
            return
        self.report.problem = outcomes.NOT_RECORDED
        with suppress(Error):
            outages.cannot_record(since=self.since, seen=self.seen)


def _by_channel(claims: Sequence[Claim]) -> list[Sequence[Claim]]:
    """Return the messages of each channel, because one request has only one of them."""
    channels = {claim.outgoing.channel for claim in claims}
    if len(channels) < 2:
        return [claims]
    return [[claim for claim in claims if claim.outgoing.channel == channel] for channel in sorted(channels)]


def _parts(piece: Sequence[Claim], answers: Mapping[int, SendResult]) -> Parts:
    """Return the number of parts of each SMS that the gateway took."""
    if piece[0].outgoing.channel != Channel.SMS:
        return NO_PARTS
    return {claim.pk: answers[claim.outgoing.id].sms_count for claim in piece if claim.outgoing.id in answers}


def _halves(piece: Sequence[Claim]) -> list[Sequence[Claim]]:
    middle = len(piece) // 2
    return [piece[middle:], piece[:middle]]


def _wait_longer_than_others(claim: Claim, error: errors.NotSent) -> Verdict:
    """Conclude that a message waits longer than the pause, so that messages queued after it are tried first."""
    return outcomes.judge_not_sent(error, wait_seconds=backoff.delay_seconds(claim.number + 1, conf.RETRY_DELAY))


def grouped(verdicts: Iterable[tuple[Verdict, Claim]]) -> Verdicts:
    """Group the messages by verdict."""
    groups: dict[Verdict, list[Claim]] = defaultdict(list)
    for verdict, claim in verdicts:
        groups[verdict].append(claim)
    return groups


def _judge(piece: Sequence[Claim], reply: Reply[SendResult], token: uuid.UUID) -> Verdicts:
    """Judge each code once instead of each message, since most messages of a package get the same code."""
    codes = {claim.pk: result.code if (result := reply.results.get(claim.outgoing.id)) else None for claim in piece}
    meanings = duplicate_answers.read([claim for claim in piece if codes[claim.pk] == MessageCode.ERR_DUPLICATE], token)
    groups = defaultdict[tuple[int | None, Repeat | None], list[Claim]](list)
    for claim in piece:
        groups[codes[claim.pk], meanings.get(claim.pk)].append(claim)
    return {_judge_code(code, reply, repeat): claims for (code, repeat), claims in groups.items()}


def _judge_code(code: int | None, reply: Reply[SendResult], repeat: Repeat | None) -> Verdict:
    if code is None:
        return outcomes.judge_left_out(reply)
    if repeat == Repeat.TAKEN_OVER:
        return outcomes.judge_taken_over(reply)
    return outcomes.judge_code(code, reply, may_have_arrived=repeat == Repeat.OURS)
