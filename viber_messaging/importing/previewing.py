"""What an import would do, told before anything is written."""

from collections import Counter, defaultdict
from collections.abc import Iterator

from viber_messaging.importing.batching import batches
from viber_messaging.importing.comparing import changes, kind_of, known_among
from viber_messaging.importing.entities import Kind, Person, Preview, Refusal, Sample
from viber_messaging.importing.staging import Staged

SAMPLES = 5
REFUSALS = 100


class Previewer:
    """Counts rows, and keeps the first of each kind."""

    def __init__(self, samples: int, refusals: int) -> None:
        self.limits = {"samples": samples, "refusals": refusals}
        self.counts: Counter[Kind] = Counter()
        self.samples: defaultdict[Kind, list[Sample]] = defaultdict(list)
        self.refusals: defaultdict[Kind, list[Refusal]] = defaultdict(list)

    def add_refusal(self, refusal: Refusal) -> None:
        """Count a row that is left out."""
        self.counts[refusal.kind] += 1
        if len(self.refusals[refusal.kind]) < self.limits["refusals"]:
            self.refusals[refusal.kind].append(refusal)

    def add_people(self, people: list[Person]) -> None:
        """Count rows that can be written; one query."""
        known = known_among(people)
        for person in people:
            before = known.get(person.phone)
            kind = kind_of(person, before)
            self.counts[kind] += 1
            if len(self.samples[kind]) < self.limits["samples"]:
                made = tuple(changes(person, before)) if before else ()
                self.samples[kind].append(Sample(person=person, changes=made))


def preview(staged: Staged, *, samples: int = SAMPLES, refusals: int = REFUSALS) -> Preview:
    """Return what importing ``staged`` would do, with the first ``samples`` and ``refusals`` of each kind."""
    previewer = Previewer(samples, refusals)
    for batch in batches(staged.records()):
        for refusal in (record for record in batch if isinstance(record, Refusal)):
            previewer.add_refusal(refusal)
        previewer.add_people([record for record in batch if isinstance(record, Person)])
    return Preview(
        counts={kind: previewer.counts[kind] for kind in Kind},
        samples={kind: tuple(previewer.samples[kind]) for kind in Kind},
        refusals={kind: tuple(previewer.refusals[kind]) for kind in Kind},
        columns=tuple(staged.attributes),
    )


def wrong_rows(staged: Staged) -> Iterator[Refusal]:
    """Yield every wrong row, in order."""
    for record in staged.records():
        if isinstance(record, Refusal) and record.kind == Kind.WRONG:
            yield record
