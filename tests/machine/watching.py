"""What is seen of the site from outside its code: every request, every claim, every change of a state."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import chain
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from django.db.models import Max, Min, QuerySet
from django.utils import timezone

from tests import doors
from tests.doors import Claim, ClaimedPackage
from tests.machine.turning import Turning
from tests.moments import original, replaced
from viber_messaging.conf import conf
from viber_messaging.gateway.client import Client
from viber_messaging.gateway.errors import PackageRefused
from viber_messaging.models import Message, Recipient, SendAttempt
from viber_messaging.sandbox import Sandbox
from viber_messaging.states import AttemptOutcome, MessageState


class Watch:
    """Remembers; what it saw go wrong is in ``broken``, a sentence each."""

    def __init__(self, gateway: Sandbox, time: Turning) -> None:
        self.gateway = gateway
        self.time = time
        self.broken: list[str] = []
        self.posts: Counter[int] = Counter()
        """Requests that may have been carried out, by reference."""
        self.late: set[int] = set()
        """References posted by a worker that had slept until its claim was lost."""
        self.marked: set[int] = set()
        """Keys of messages that a person said were sent."""
        self._times_set: dict[UUID, int] = {}
        self.forget()

    def forget(self) -> None:
        """Begin anew from what the database holds, as after a restore."""
        self.is_excused = False
        self.references: dict[int, int] = dict(Message.objects.values_list("pk", "reference"))
        self.attempts: dict[int, tuple[Any, ...]] = {}
        self.cancelled: set[int] = set(self._references(Message.objects.filter(state=MessageState.CANCELLED)))
        self.opted_out = set(Recipient.objects.exclude(opted_out_at=None).values_list("phone", flat=True))
        self.word: dict[int, datetime] = dict(Message.objects.values_list("pk", "queued_at"))
        self.asked: dict[int, int] = defaultdict(int)
        """By the key of a message, the last of its attempts that the gateway was asked about, or a person judged."""
        self.behind: set[int] = set(self.gateway.accepted)
        """References that the gateway had when the database was put back: the record may know less."""
        self.posts_before = self.posts.copy()
        self.attempts_before = Counter(SendAttempt.objects.values_list("message__reference", flat=True))

    @staticmethod
    def _references(messages: "QuerySet[Message]") -> list[int]:
        return list(messages.values_list("reference", flat=True))

    def note_cancelled(self, messages: "QuerySet[Message]") -> None:
        """Remember that these are cancelled, now that it is committed."""
        self.cancelled.update(self._references(messages.filter(state=MessageState.CANCELLED)))

    def take_word(self, pks: Sequence[int]) -> None:
        """Take the word of a person that these are to be sent after all."""
        messages = Message.objects.filter(pk__in=pks)
        self.cancelled.difference_update(self._references(messages))
        self.word.update(dict.fromkeys(pks, timezone.now()))
        self.note_asked(messages)

    @contextmanager
    def excusing(self, is_late: bool) -> Iterator[None]:
        """Let a worker post though its claim may be lost: it slept after it had looked at the time."""
        before, self.is_excused = self.is_excused, is_late
        try:
            yield
        finally:
            self.is_excused = before

    @contextmanager
    def watching(self) -> Iterator[None]:
        """See every claim and every request meanwhile."""
        with ExitStack() as stack:
            stack.enter_context(replaced("the clock of claims", SimpleNamespace(monotonic=self.time.monotonic)))
            for moment, watch in (
                ("the claim", self._claim),
                ("the claim of a single message", self._claim),
                ("the sending of a package", self._send),
                ("the request to send", self._post),
                ("the request for statuses", self._ask),
                ("the record", self._only_ours),
                ("the release of a claim", self._only_ours),
            ):
                stack.enter_context(replaced(moment, watch(original(moment))))
            yield

    def _claim(self, claim: Any) -> Any:
        def observed(*args: Any, **kwargs: Any) -> ClaimedPackage | None:
            package = claim(*args, **kwargs)
            if package is None:
                return None
            for one in package.claims:
                if one.outgoing.id in self.cancelled:
                    self.broken.append("a cancelled message was claimed")
                if one.outgoing.phone in self.opted_out:
                    self.broken.append("a message to somebody who opted out was claimed")
            self._times_set[package.token] = self.time.times_set
            return replace(package, claimed_monotonic=self.time.monotonic())

        return observed

    def _send(self, send: Any) -> Any:
        def observed(delivery: doors.Delivery, piece: Sequence[Claim], post: Any) -> Any:
            self._look_at(delivery.package, piece)
            return send(delivery, piece, post)

        return observed

    def _look_at(self, package: ClaimedPackage, piece: Sequence[Claim]) -> None:
        """See whether each message about to be posted is claimed, and may be sent at all."""
        ours = Message.objects.filter(claim_token=package.token, state=MessageState.SENDING)
        held = set(ours.values_list("pk", flat=True))
        for claim in piece:
            is_excused = self.is_excused or self._times_set[package.token] != self.time.times_set
            if claim.pk in held and not is_excused:
                self._see_age(claim)
                self._see_doubt(claim)
            elif claim.pk not in held and is_excused:
                self.late.add(claim.outgoing.id)
            elif claim.pk not in held:
                self.broken.append(f"message {claim.pk} was posted without a claim")

    def _see_age(self, claim: Claim) -> None:
        """See that what may have been sent long ago is not sent again without a person's word."""
        oldest = timezone.now() - timedelta(seconds=conf.RESEND_WINDOW + conf.CLAIM_TIMEOUT)
        doubtful = SendAttempt.objects.filter(
            message=claim.pk, outcome=AttemptOutcome.UNKNOWN, started_at__lt=oldest
        ).exists()
        word = self.word.get(claim.pk) or Message.objects.get(pk=claim.pk).created_at
        if doubtful and word < oldest:
            self.broken.append(f"message {claim.pk} may have been sent long ago and was sent again")

    def _see_doubt(self, claim: Claim) -> None:
        """See that what may have been sent by the attempt before this one was asked for since."""
        before = SendAttempt.objects.filter(message=claim.pk, outcome=AttemptOutcome.UNKNOWN, number=claim.number - 1)
        first = before.aggregate(first=Min("pk"))["first"]  # a second of this number is a late answer to the same doubt
        if first is not None and first > self.asked[claim.pk]:
            self.broken.append(f"message {claim.pk} may have been sent and was sent again before it was asked for")

    def _ask(self, ask: Any) -> Any:
        def observed(client: Client, references: Sequence[int]) -> Any:
            reply = ask(client, references)
            self.note_asked(Message.objects.filter(reference__in=references))
            return reply

        return observed

    def note_asked(self, messages: "QuerySet[Message]") -> None:
        """Remember that somebody looked after what these messages' attempts came to."""
        last = messages.annotate(last=Max("attempts")).exclude(last=None)
        self.asked.update(dict(last.values_list("pk", "last")))

    def _only_ours(self, write: Any) -> Any:
        """See that a worker changes nothing of a message that another one holds, or that nobody holds any more."""

        def observed(package: ClaimedPackage, claims_: Any, **kwargs: Any) -> Any:
            written = chain(*claims_.values()) if isinstance(claims_, Mapping) else claims_
            others = Message.objects.filter(pk__in=[claim.pk for claim in written])
            others = others.exclude(claim_token=package.token, state=MessageState.SENDING).order_by("pk")
            pks = list(others.values_list("pk", flat=True))
            rows = Message.objects.filter(pk__in=pks).order_by("pk")
            before = list(rows.values())
            result = write(package, claims_, **kwargs)
            if list(rows.all().values()) != before:
                self.broken.append("a worker changed a message whose claim it had lost")
            return result

        return observed

    def _post(self, send: Any) -> Any:
        def observed(client: Client, messages: Sequence[Any]) -> Any:
            references = [message.id for message in messages]
            self.posts.update(references)
            try:
                return send(client, messages)
            except PackageRefused:
                self.posts.subtract(references)
                raise

        return observed
