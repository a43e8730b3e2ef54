"""What a failed test is told if its messages still wait: a test's own transaction never commits."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connections

from viber_messaging.conf import conf
from viber_messaging.delivery.storage import tables
from viber_messaging.nudges import Nudge
from viber_messaging.states import MessageState


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """What a test can do about messages that wait."""

    for_commit: str
    for_worker: str


FOR_OUTBOX = Advice(
    for_commit="Use captureOnCommitCallbacks(execute=True), with pytest the fixture "
    "django_capture_on_commit_callbacks(execute=True) or django_db(transaction=True), or call work() of the outbox.",
    for_worker="Call work() of the outbox.",
)
FOR_SANDBOX = Advice(
    for_commit="Use a TransactionTestCase, or with pytest django_db(transaction=True).",
    for_worker='Call call_command("viber_worker", once=True).',
)


@contextmanager
def noting_forgotten_commit(advice: Advice) -> Iterator[None]:
    """Add to an exception of this block how many messages wait for a commit, and what to do."""
    try:
        yield
    except BaseException as error:
        note_forgotten_commit(error, advice)
        raise


def note_forgotten_commit(error: BaseException, advice: Advice) -> None:
    """Add to a test's exception how many messages wait for a commit, and what to do."""
    try:
        note = _note(advice)
    except Exception:  # noqa: BLE001 (the test's own exception counts, such as that of a broken transaction)
        return
    if note and note not in getattr(error, "__notes__", ()):
        error.add_note(note)


def _note(advice: Advice) -> str:
    """Return what the messages of a test wait for; empty if none wait."""
    for_worker = conf.DISPATCH == "worker"
    if not (for_worker or _is_nudge_pending()):
        return ""
    if not (count := tables.messages().filter(state=MessageState.QUEUED).count()):
        return ""
    wait = "1 message waits" if count == 1 else f"{count} messages wait"
    why = "a worker." if for_worker else "a commit, which this test does not make."
    return f"{wait} for {why} {advice.for_worker if for_worker else advice.for_commit}"


def _is_nudge_pending() -> bool:
    hooks = [hook[1] for hook in connections[tables.alias()].run_on_commit]
    return any(isinstance(hook, Nudge) and not hook.is_done for hook in hooks)
