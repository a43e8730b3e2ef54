"""Count the messages of any days for a report."""

from collections.abc import Mapping
from dataclasses import dataclass

from viber_messaging.statistics.cache import remembered
from viber_messaging.statistics.periods import Period, States, summed
from viber_messaging.statistics.tally import Scope, count_prefixes, tallies


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The data that a report shows."""

    period: Period
    prefixes: Mapping[str, States]
    """By the beginning of the phone, which identifies the operator."""


def report(scope: Scope, *, is_fresh: bool = False) -> Report:
    """Return the counts of the scope's messages, by two passes over its days or, unless ``is_fresh``, cached."""
    return remembered(f"report.{scope.key}", lambda: _count(scope), is_fresh=is_fresh)


def _count(scope: Scope) -> Report:
    prefixes: dict[str, dict[str, int]] = {}
    for beginning, state, count in count_prefixes(scope):
        prefixes.setdefault(beginning, {})[state] = count
    return Report(period=summed(tallies(scope), scope.days(), scope.channel), prefixes=prefixes)
