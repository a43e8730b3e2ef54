"""The moments and constants of the package that tests replace: by name, each with the place where it is looked up.

A name that was moved and is only re-exported from its old place can be replaced there without any effect, and the test
cannot fail any more. So a replaced function must be called before the test ends, and ``test_moments`` sees that each
place is read by the package.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from importlib import import_module
from pkgutil import resolve_name
from typing import Any
from unittest import mock

import pytest

PACKAGE = "viber_messaging"

DELIVERY = {
    "a run": "delivery.runs.worker:run_due",
    "the look for single messages": "delivery.queue.claims:are_singles_due",
    "the size of a slice": "delivery.runs.worker:_slice_size",
    "messages in a slice": "delivery.runs.worker:SLICE",
    "statuses asked between slices": "delivery.runs.worker:STATUSES",
    "doubts asked between slices": "delivery.runs.worker:DOUBTS",
    "seconds between looks after others": "delivery.runs.worker:TEND_EVERY_SECONDS",
    "healing": "delivery.runs.inline:heal",
    "the turns of healing": "delivery.runs.inline:turns",
    "the clock of healing": "delivery.runs.inline:time",
    "the claim": "delivery.queue.claims:claim",
    "the claim of a single message": "delivery.queue.single_claim:claim",
    "the look for due messages": "delivery.queue.candidates:find",
    "the taking": "delivery.queue.claims:_take",
    "the taking of a single message": "delivery.queue.single_claim:_take",
    "the setting aside": "delivery.queue.claims:_set_aside",
    "the look at a claim's time": "delivery.queue.claims:ClaimedPackage.has_time_to_post",
    "the release of a claim": "delivery.queue.claims:release",
    "the clock of claims": "delivery.queue.claims:time",
    "whether the database returns claims": "delivery.queue.claim_statements:can_return_claims",
    "the second reading of a single message": "delivery.queue.single_claim:read_again",
    "the start of a flight": "delivery.send.parallel:Flights.start",
    "seconds for last answers": "delivery.send.parallel:LAST_ANSWERS_SECONDS",
    "seconds of the longest scan": "delivery.send.dispatch:LONGEST_SCAN_SECONDS",
    "the clock of the pace": "delivery.send.rate_limit:time",
    "the run of a package": "delivery.send.package:Delivery.run",
    "the sending of a package": "delivery.send.package:Delivery._send",
    "the acceptance of an answer": "delivery.send.package:Delivery._accept",
    "the record": "delivery.send.results:record",
    "the record's move": "delivery.send.results:_move",
    "the record's writing": "delivery.send.results:_write",
    "the database's way of attempts": "delivery.storage.sql.write_answers:_INSERTS",
    "the database's way of moves": "delivery.storage.sql.write_answers:_MOVES",
    "the bulk insert": "delivery.storage.sql.insert_messages:insert",
    "a transaction": "delivery.storage.tables:atomic",
    "the note of success": "delivery.connection.outages:succeeded",
    "the note of failure": "delivery.connection.outages:failed",
    "the note of a lost record": "delivery.connection.outages:cannot_record",
    "a batch of the release of the dead": "delivery.status.recovery:_release_batch",
    "the attempt of the dead": "delivery.status.recovery:_attempt_of_the_dead",
    "the settling": "delivery.status.recovery:_save",
    "the question about unknown messages": "delivery.status.query:ask",
    "the polling's move": "delivery.status.polling:_move",
    "the hold of the polling lease": "delivery.status.polling_lease:PollingLease.hold",
    "the chance of a pause": "delivery.decisions.backoff:random",
    "seconds of the longest pause": "delivery.storage.retry:LONGEST_PAUSE_SECONDS",
    "the shelf of connected clients": "delivery.connection.kept_client:_shelf",
    "seconds a connection may idle": "delivery.connection.kept_client:LONGEST_IDLE_SECONDS",
    "the opening of the client": "delivery.connection.health:open_client",
    "the queueing of a batch": "delivery.queue.moves:insert",
    "the queueing of a campaign's batch": "delivery.queue.moves:insert_queued",
    "the reading back": "delivery.queue.moves:_read_back",
    "the messages under keys": "delivery.queue.keys:_stored",
    "the beginning of an expansion": "delivery.campaign.expansion:_begin",
    "the saving of an expansion": "delivery.campaign.expansion:_save",
    "recipients in a batch": "delivery.campaign.expansion:BATCH_SIZE",
    "the last of an audience": "delivery.campaign.audience:last_key",
    "the keys of an audience": "delivery.campaign.audience:keys_after",
    "the reading of an audience": "delivery.campaign.audience:read",
    "a batch of a cancellation": "delivery.campaign.lifecycle:_cancel_batch",
    "the end of a campaign": "delivery.campaign.lifecycle:_finish",
    "recipients in a batch of a preview": "delivery.campaign.preview:BATCH_SIZE",
    "recipients of a large campaign": "delivery.campaign.preview_cache:LARGE",
    "recipients in a batch of regrouping": "delivery.people.campaign_group:BATCH_SIZE",
    "the erasure": "delivery.runs.forget_person:erase",
    "the note of consent": "delivery.consent:_keep",
    "campaigns to come": "delivery.people.departure:campaigns_to_come",
    "the lock of a group's campaigns": "delivery.people.departure:lock_campaigns_of",
    "messages in a batch of pruning": "delivery.storage.pruning:BATCH_SIZE",
    "the look for what to prune": "delivery.storage.pruning:_next_pks",
    "whether messages stand alone": "delivery.storage.pruning:_stand_alone",
}

GATEWAY = {
    "the request": "gateway.client:Client._post",
    "the request to send": "gateway.client:Client.send",
    "the request for statuses": "gateway.client:Client.status",
    "the request to delete": "gateway.client:Client.delete",
    "the closing of the client": "gateway.client:Client.close",
    "the post": "gateway.http.transport:Transport.post",
    "the exchange": "gateway.http.transport:Transport._exchange",
    "the decoding of a reply": "gateway.codec:decode_send",
    "the opening of a connection": "gateway.http.connections:create_connection",
    "seconds a request needs": "gateway.http.deadlines:LEAST_SECONDS",
}

ADMIN = {
    "the banner": "admin.pages.base:read_banner",
    "the screen of a review": "admin.campaign.review:screen_of",
    "the screen of a campaign's preview": "admin.campaign.preview:screen_of",
    "numbers that may be pasted": "admin.pasted_numbers.form:MOST_NUMBERS",
    "people that a group may be made of": "delivery.people.groups:MOST_PEOPLE",
    "rows that a list counts": "admin.pages.changelist:COUNTED",
    "messages that a filter counts": "admin.message.filters:COUNTED",
    "messages searched by the end of a phone": "admin.lists.search:RECENT",
    "people of a common name": "admin.lists.people_search:COMMON",
    "the confirmation by a page": "admin.imports.preview:confirm",
}

REST = {
    "the import's writing": "importing.confirmation:write",
    "the import's last step": "importing.confirmation:empty",
    "the import": "importing.confirmation:confirm_once",
    "the upload": "importing.intake:keep",
    "the judgement of an upload": "importing.intake:save_judged",
    "the joining of a group": "delivery.people.groups:join",
    "the import's insert": "importing.writers.recipients:insert",
    "a batch of the import": "importing.writers.recipients:write_people",
    "the reading ahead of a resource": "resources:AheadLoader.load",
    "messages of a large campaign": "statistics.campaigns:LARGE",
    "people of a large group": "statistics.groups:LARGE",
    "keys asked at once": "models.database.keyset:KEYS_AT_ONCE",
    "the pieces of an export": "models.database.keyset:pieces",
    "the drawing of a reference": "references:draw",
    "the emptying of a traceback": "logs.tracebacks:empty",
    "the nudge by Celery": "tasks:enqueue_with_celery",
    "the nudge by Django's tasks": "tasks:enqueue_with_django",
    "the publishing of a nudge": "tasks:_publish",
    "seconds a nudge may take": "tasks:ENQUEUE_SECONDS",
    "brokers found silent": "tasks:_silent",
    "Celery's task": "tasks:run_due_celery",
    "Django's task": "tasks:django_task",
    "the clock of tasks": "tasks:time",
    "seconds of the longest task": "tasks:LONGEST_RUN_SECONDS",
    "sending inside a request": "delivery.runs.worker:run_inline",
    "seconds between lines of progress": "management.commands.viber_worker:SHOWN_EVERY_SECONDS",
    "seconds between looks of the command": "management.commands.viber_worker:LOOK_EVERY_SECONDS",
    "the time zones of the system": "conf:ZoneInfo",
    "the look for a module": "checks.dispatch:find_spec",
    "requests that the sandbox keeps": "sandbox.sandbox:REQUESTS_KEPT",
    "strings of a workbook": "spreadsheets.xlsx.strings:MAX_STRINGS",
}

PLACES = {**DELIVERY, **GATEWAY, **ADMIN, **REST}
"""By name: the module inside the package, and the name in it, or ``Class.method``."""


def place(moment: str) -> str:
    """Return where this moment is, as ``module:name``."""
    return f"{PACKAGE}.{PLACES[moment]}"


def find(moment: str) -> tuple[Any, str]:
    """Return the module or class that holds this moment, and under which name."""
    module, _, path = place(moment).partition(":")
    owner, _, name = path.rpartition(".")
    return (resolve_name(f"{module}:{owner}") if owner else import_module(module)), name


def original(moment: str) -> Any:
    """Return what stands at this moment now."""
    return getattr(*find(moment))


@contextmanager
def replaced(moment: str, value: Any) -> Iterator[None]:
    """Put something else in its place for a while, whether it is met or not."""
    with mock.patch.object(*find(moment), value):
        yield


def plant(moment: str, value: Any) -> None:
    """Put something else in its place for as long as this process lives."""
    owner, name = find(moment)
    assert hasattr(owner, name)
    setattr(owner, name, value)


class Moments:
    """The moments that one test replaces; the fixture ``moments``."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch
        self._awaited: dict[str, None] = {}
        self._forbidden: list[str] = []
        self.original = original

    def set(self, constant: str, value: Any) -> None:
        """Give a constant another value."""
        self._monkeypatch.setattr(*find(constant), value)

    def replace(self, moment: str, act: Callable[..., Any], *, must_come: bool = True) -> None:
        """Call this instead. The test fails if the moment never comes, unless it need not."""
        if must_come:
            self._awaited[moment] = None

        @wraps(act)
        def observed(*args: Any, **kwargs: Any) -> Any:
            self._awaited.pop(moment, None)
            return act(*args, **kwargs)

        self._monkeypatch.setattr(*find(moment), observed)

    def forbid(self, moment: str) -> None:
        """Let the test fail if the moment comes."""

        def forbidden(*_args: Any, **_kwargs: Any) -> None:
            self._forbidden.append(moment)
            raise AssertionError(f"{moment} came, and must not")

        self._monkeypatch.setattr(*find(moment), forbidden)

    def check(self) -> None:
        """Fail if an awaited moment did not come, or a forbidden one did."""
        assert not list(self._awaited), "replaced, and never called"
        assert not self._forbidden, "called, and must not be"
