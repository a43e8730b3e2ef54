"""Preview what an import would do before anything is written."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from typing import Any

from viber_messaging.importing.comparison.messages import compared as compared_messages
from viber_messaging.importing.comparison.opt_outs import compared as compared_opt_outs
from viber_messaging.importing.comparison.recipients import compared as compared_recipients
from viber_messaging.importing.entities import Kind, Preview, Refusal, Sample
from viber_messaging.importing.stage import Record, Staged, Subject

SAMPLES = 5
REFUSALS = 100
COMPARISONS: dict[Subject, Callable[..., Iterator[Any]]] = {
    Subject.RECIPIENTS: compared_recipients,
    Subject.MESSAGES: compared_messages,
    Subject.OPT_OUTS: compared_opt_outs,
}


class Previewer:
    """Counts rows and keeps the first of each kind."""

    def __init__(self, compared: Callable[..., Iterator[Any]], samples: int, refusals: int) -> None:
        self.compared = compared
        self.limits = {"samples": samples, "refusals": refusals}
        self.counts: Counter[Kind] = Counter()
        self.samples: defaultdict[Kind, list[Sample]] = defaultdict(list)
        self.refusals: defaultdict[Kind, list[Refusal]] = defaultdict(list)

    def add(self, batch: list[Record]) -> None:
        """Count the rows of a batch, with one or two queries."""
        for record in batch:
            if isinstance(record, Refusal):
                self.counts[record.kind] += 1
                if len(self.refusals[record.kind]) < self.limits["refusals"]:
                    self.refusals[record.kind].append(record)
        good = [record for record in batch if not isinstance(record, Refusal)]
        for record, kind, changes in self.compared(good):
            self.counts[kind] += 1
            if len(self.samples[kind]) < self.limits["samples"]:
                self.samples[kind].append(Sample(record=record, changes=changes))


def preview(staged: Staged, *, samples: int = SAMPLES, refusals: int = REFUSALS) -> Preview:
    """Return what importing ``staged`` would do, with the first ``samples`` and ``refusals`` of each kind."""
    previewer = Previewer(COMPARISONS[staged.subject], samples, refusals)
    for batch in staged.batches():
        previewer.add(batch)
    return Preview(
        counts={kind: previewer.counts[kind] for kind in Kind},
        samples={kind: tuple(previewer.samples[kind]) for kind in Kind},
        refusals={kind: tuple(previewer.refusals[kind]) for kind in Kind},
        columns=staged.attributes,
    )
