"""Decide when to count a campaign's failures, and whether there are too many.

Counting takes longer the more messages a campaign has, so it is not done with each slice. A run that recorded failures
counts, and counts again only when there were enough new ones to change the result. However large a campaign is, it is
counted about ten times while it doubles in size.
"""

from dataclasses import dataclass, field

from viber_messaging.delivery.campaign.progress import Progress
from viber_messaging.delivery.report import Report
from viber_messaging.models import Campaign
from viber_messaging.states import UNREACHED_STATES

ENOUGH_TO_JUDGE = 100
"""The number of messages accepted or refused from which on failures are judged; before, a few failures say little."""
TOO_MANY_FAILURES = 0.5
"""The share of failures above which a campaign pauses itself."""
CAUTION = 8
"""Each failure counts as this many: accepted messages may turn out undelivered, and other workers send too."""


def meets_too_many_failures(campaign: Campaign, found: Progress) -> bool:
    """Return whether more than half of the messages accepted or refused since the last start or resume failed."""
    failed, judged = _since_it_runs(campaign, found)
    return judged >= ENOUGH_TO_JUDGE and failed > judged * TOO_MANY_FAILURES


def _since_it_runs(campaign: Campaign, found: Progress) -> tuple[int, int]:
    return found.failed - campaign.forgiven_count, found.failed + found.taken - campaign.judged_count


@dataclass(slots=True, kw_only=True)
class Judge:
    """What one run knows about the campaigns that it counted."""

    report: Report
    counted: dict[tuple[int, int], float] = field(default_factory=dict)
    """The number of failures in this run at which to count again, by campaign and its messages already judged."""

    def is_due(self, campaign: Campaign) -> bool:
        """Return whether the failures recorded by this run may have changed the result."""
        return self._failures() >= self.counted.get(_key(campaign), 1)

    def note(self, campaign: Campaign, found: Progress) -> None:
        """Record a count, and when to count again."""
        failed, judged = _since_it_runs(campaign, found)
        margin = max(judged * TOO_MANY_FAILURES - failed, 0)
        self.counted[_key(campaign)] = self._failures() + margin / CAUTION

    def _failures(self) -> int:
        return sum(self.report.moved[state] for state in UNREACHED_STATES)


def _key(campaign: Campaign) -> tuple[int, int]:
    return campaign.pk, campaign.judged_count
