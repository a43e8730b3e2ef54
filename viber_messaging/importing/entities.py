"""The data passed between reading a spreadsheet, showing it and writing it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from viber_messaging.importing.problems import Reason, sentence_of
from viber_messaging.models import RecipientGroup


class Kind(StrEnum):
    """What would happen to a row, or what happened. Each row has exactly one kind."""

    NEW = "new"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    OPTED_OUT = "opted_out"
    """A recipient stays opted out, although name and attributes are saved; a message is not created."""
    REPEATED = "repeated"
    EMPTY = "empty"
    WRONG = "wrong"


WRITTEN_KINDS = (Kind.NEW, Kind.UPDATED, Kind.UNCHANGED, Kind.OPTED_OUT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A row that can be written. ``attributes`` hold the other columns by heading, without the blank ones."""

    number: int
    phone: str
    name: str
    attributes: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A row that can become a message. ``content`` has the content fields by name."""

    number: int
    phone: str
    content: Mapping[str, str]
    scheduled_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A row that cannot, or need not, be written: its kind, the cell, and why.

    ``values`` are all cells of the row as texts; ``first_row`` is the row that this one repeats; ``detail`` is the
    complaint of a message's field.
    """

    number: int
    kind: Kind
    reason: Reason
    cell: str
    value: str
    values: tuple[str, ...]
    first_row: int | None = None
    detail: str = ""

    @property
    def sentence(self) -> str:
        """The reason as a sentence, in the active language."""
        return sentence_of(self.reason, cell=self.cell, row=self.first_row, detail=self.detail)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A change to a recipient: the name or an attribute, before and after."""

    title: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A row that would be written, with what it would change."""

    record: Person | Draft
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What an import would do: how many rows of each kind, and the first of each.

    ``columns`` are the headings that become attributes of recipients. ``refusals`` have the kinds REPEATED, EMPTY and
    WRONG, ``samples`` the others.
    """

    counts: Mapping[Kind, int]
    samples: Mapping[Kind, tuple[Sample, ...]]
    refusals: Mapping[Kind, tuple[Refusal, ...]]
    columns: tuple[str, ...]

    @property
    def total(self) -> int:
        """Return the number of rows."""
        return sum(self.counts.values())

    @property
    def good(self) -> int:
        """Return the number of rows that can be written."""
        return sum(self.counts[kind] for kind in WRITTEN_KINDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What an import did: how many rows of each kind, and into which group."""

    counts: Mapping[Kind, int]
    group: RecipientGroup | None = None
