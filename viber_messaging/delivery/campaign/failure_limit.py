"""When to count a campaign to see whether it meets too many failures.

Counting takes the longer the more messages a campaign has, so it is not done with each slice. Whoever noted failures
counts, and then not again before there were enough of them to have turned the scale: a campaign is counted some ten
times while it doubles, however large.
"""

from dataclasses import dataclass, field

from viber_messaging.delivery.campaign.progress import Progress
from viber_messaging.delivery.report import Report
from viber_messaging.models import Campaign
from viber_messaging.states import UNREACHED_STATES

ENOUGH_TO_JUDGE = 100
"""Messages that the gateway took or refused; before that a few failures say little."""
TOO_MANY_FAILURES = 0.5
"""The share of them that makes a campaign pause itself."""
CAUTION = 8
"""Each failure weighs as so many: a message that was taken may turn out undelivered, and others send besides."""


def meets_too_many_failures(campaign: Campaign, found: Progress) -> bool:
    """Tell whether more than half failed of what was taken or refused since a person last let it run."""
    failed, judged = _since_it_runs(campaign, found)
    return judged >= ENOUGH_TO_JUDGE and failed > judged * TOO_MANY_FAILURES


def _since_it_runs(campaign: Campaign, found: Progress) -> tuple[int, int]:
    return found.failed - campaign.forgiven_count, found.failed + found.taken - campaign.judged_count


@dataclass(slots=True, kw_only=True)
class Judge:
    """What one run knows of the campaigns that it counted."""

    report: Report
    counted: dict[tuple[int, int], float] = field(default_factory=dict)
    """By campaign and what of it is forgiven, the failures of this run at which it is to be counted again."""

    def is_due(self, campaign: Campaign) -> bool:
        """Tell whether the failures that this run noted may have turned the scale."""
        return self._failures() >= self.counted.get(_key(campaign), 1)

    def note(self, campaign: Campaign, found: Progress) -> None:
        """Note what was counted."""
        failed, judged = _since_it_runs(campaign, found)
        margin = max(judged * TOO_MANY_FAILURES - failed, 0)
        self.counted[_key(campaign)] = self._failures() + margin / CAUTION

    def _failures(self) -> int:
        return sum(self.report.moved[state] for state in UNREACHED_STATES)


def _key(campaign: Campaign) -> tuple[int, int]:
    return campaign.pk, campaign.judged_count
