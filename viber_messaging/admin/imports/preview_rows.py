"""The rows in the import preview: the first of each kind, as a table."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

from django.utils.text import Truncator
from django.utils.translation import gettext as _

from viber_messaging.admin.imports.labels import HINTS, label_of
from viber_messaging.importing import Change, Kind, Preview, Refusal, Sample, Subject
from viber_messaging.models.mixins.content import EXTRA_FIELDS
from viber_messaging.spreadsheets import Table
from viber_messaging.spreadsheets.values.cells import text_of

REFUSED_KINDS = (Kind.WRONG, Kind.REPEATED, Kind.EMPTY)
SHOWN_ORDER = (Kind.WRONG, Kind.NEW, Kind.UPDATED, Kind.UNCHANGED, Kind.OPTED_OUT, Kind.REPEATED, Kind.EMPTY)
SHOWN_COLUMNS = 8
SHOWN_ROWS = 5


LONGEST_SHOWN = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownRow:
    """One row: its number in the file, its cells, and what it would change."""

    number: int
    cells: Sequence[Any] = field(repr=False)
    changes: Sequence[Change] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """The first rows of one kind; the first column is the row's number."""

    kind: Kind
    label: str
    hint: str
    count: int
    headings: Sequence[str]
    rows: Sequence[ShownRow] = field(repr=False)

    @property
    def is_cut(self) -> bool:
        """Return whether there are more rows than shown."""
        return self.count > len(self.rows)


def sections_of(plan: Preview, subject: Subject, *, shows_stored: bool) -> list[Section]:
    """Return the kinds that occur, wrong rows first; ``shows_stored`` includes stored data about people."""
    return [section_of(kind, plan, subject, shows_stored=shows_stored) for kind in SHOWN_ORDER if plan.counts[kind]]


def section_of(kind: Kind, plan: Preview, subject: Subject, *, shows_stored: bool) -> Section:
    """Return the first rows of one kind as a table."""
    if kind in REFUSED_KINDS:
        headings = [_("Cell"), _("Value"), _("What is wrong")]
        rows = list(map(refusal_row, plan.refusals[kind]))
    elif subject == Subject.MESSAGES:
        headings = [_("Phone"), _("Sender"), _("Text"), _("Picture and button"), _("Time")]
        rows = list(map(draft_row, plan.samples[kind]))
    elif subject == Subject.OPT_OUTS:
        headings = [_("Phone"), *([_("Name")] if shows_stored else [])]
        rows = [opt_out_row(sample, shows_stored=shows_stored) for sample in plan.samples[kind]]
    else:
        headings = [_("Phone"), *people_headings(kind, plan)]
        rows = [person_row(kind, sample, plan, shows_stored=shows_stored) for sample in plan.samples[kind]]
    return Section(
        kind=kind,
        label=label_of(kind, subject),
        hint=str(HINTS[subject].get(kind, "")),
        count=plan.counts[kind],
        headings=[_("Row"), *headings],
        rows=rows,
    )


def people_headings(kind: Kind, plan: Preview) -> list[str]:
    """Return the headings for people besides the phone: those that change, or all."""
    return [_("Changes")] if kind == Kind.UPDATED else [_("Name"), *plan.columns[:SHOWN_COLUMNS]]


def refusal_row(refusal: Refusal) -> ShownRow:
    """Return a row that is left out, with the reason."""
    return ShownRow(number=refusal.number, cells=[refusal.cell, short(refusal.value), refusal.sentence])


def person_row(kind: Kind, sample: Sample, plan: Preview, *, shows_stored: bool) -> ShownRow:
    """Return a person's row."""
    person: Any = sample.record
    if kind == Kind.UPDATED:
        changes = sample.changes if shows_stored else [replace(change, before="") for change in sample.changes]
        return ShownRow(number=person.number, cells=[person.phone], changes=changes)
    others = (short(person.attributes.get(title, "")) for title in plan.columns[:SHOWN_COLUMNS])
    return ShownRow(number=person.number, cells=[person.phone, person.name, *others])


def opt_out_row(sample: Sample, *, shows_stored: bool) -> ShownRow:
    """Return a phone's row, with its stored name."""
    person: Any = sample.record
    return ShownRow(number=person.number, cells=[person.phone, *([person.name] if shows_stored else [])])


def draft_row(sample: Sample) -> ShownRow:
    """Return a message's row."""
    draft: Any = sample.record
    content = draft.content
    extras = " ".join(filter(None, (content[name] for name in EXTRA_FIELDS)))
    cells = [draft.phone, content["sender"], short(content["text"]), short(extras), draft.scheduled_at]
    return ShownRow(number=draft.number, cells=cells)


def short(text: str) -> str:
    """Return a text that fits on a page."""
    return Truncator(text).chars(LONGEST_SHOWN)


def first_rows(table: Table, width: int) -> list[list[str]]:
    """Return the first rows of a table as texts."""
    return [[short(text_of(value)) for value in row.values[:width]] for row in islice(table.rows(), SHOWN_ROWS)]
