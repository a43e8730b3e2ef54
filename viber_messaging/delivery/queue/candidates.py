"""Choose which due messages may share the next package; those outside campaigns come first."""

from collections.abc import Iterable, Sequence, Set
from datetime import datetime
from itertools import takewhile
from typing import Any, NamedTuple

from viber_messaging.delivery.queue import claim_statements
from viber_messaging.delivery.queue.claim_statements import Choice

_SUSPECTS_IN_A_PACKAGE = {1: 10}
"""The package size for suspects, by the number of workers that died sending them; 1 for numbers not listed."""


class Candidate(NamedTuple):
    """A message that could be claimed."""

    pk: int
    worker_deaths: int
    campaign: int | None
    attempt_count: int
    fallback_of: int | None
    """The Viber message that this SMS goes instead of."""


class Found(NamedTuple):
    """What could be claimed together, and how far the searches came; as in ClaimedPackage."""

    candidates: list[Candidate]
    last_pk: int
    last_single_pk: int
    are_more_singles: bool

    @property
    def campaigns(self) -> set[int]:
        """Return the campaigns of the candidates."""
        return {candidate.campaign for candidate in self.candidates if candidate.campaign is not None}


NOWHERE = Found([], 0, 0, are_more_singles=False)


def find(limit: int, now: datetime, choice: Choice, *, locked: bool) -> Found:
    """Find messages outside campaigns, then fill the package, so that a login code leaves with the next request."""
    if choice.pks is not None:
        return _found([], _candidates(claim_statements.look_among(limit, now, choice, locked=locked)), limit)
    wanted = limit + 1 if choice.only_if_few else limit
    singles = _candidates(claim_statements.look_for_singles(wanted, now, choice.singles_after_pk, locked=locked))
    if choice.only_if_few and len(singles) > limit:
        return _found([], [], limit)
    left = 0 if choice.singles_only else limit - len(singles)
    others = _candidates(claim_statements.look(left, now, choice.after_pk, locked=locked)) if left else []
    return _found(singles, others, limit)


def _found(singles: list[Candidate], others: list[Candidate], limit: int) -> Found:
    """Return the messages that may share a package, without duplicates, and how far both searches came."""
    seen = {candidate.pk for candidate in singles}
    kept = _of_one_kind([*singles, *(candidate for candidate in others if candidate.pk not in seen)])
    pks = {candidate.pk for candidate in kept}
    last_single_pk, last_pk = _last_of(singles, pks), _last_of(others, pks)
    are_more_singles = len(singles) >= limit or not seen <= pks
    return Found(kept, last_pk, last_single_pk, are_more_singles)


def _last_of(found: Sequence[Candidate], kept: Set[int]) -> int:
    """Return the key of the last message before the first that was not kept; 0 if the first was not kept."""
    walked = list(takewhile(lambda candidate: candidate.pk in kept, found))
    return walked[-1].pk if walked else 0


def _candidates(rows: Iterable[Sequence[Any]]) -> list[Candidate]:
    return [Candidate(*row) for row in rows]


def _of_one_kind(found: Sequence[Candidate]) -> list[Candidate]:
    """Return the leading messages that may share a package; those suspected of killing a worker go separately.

    After one death, packages of ten; after two, each message alone, so that a third death identifies the one at fault.
    """
    if not found:
        return []
    deaths = found[0].worker_deaths
    alike = list(takewhile(lambda candidate: candidate.worker_deaths == deaths, found))
    return alike[: _SUSPECTS_IN_A_PACKAGE.get(deaths, 1)] if deaths else alike
