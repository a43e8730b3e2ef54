"""The texts on the pages of an import: the label of each kind, the result, and how the file was read."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from viber_messaging.importing import WRITTEN_KINDS, Kind, Preview, Staged, Subject
from viber_messaging.importing.intake import how_of
from viber_messaging.models import StagedImport

KIND_LABELS: Mapping[Kind, Any] = {
    Kind.NEW: pgettext_lazy("rows", "New"),
    Kind.UPDATED: gettext_lazy("Updated"),
    Kind.UNCHANGED: gettext_lazy("Unchanged"),
    Kind.OPTED_OUT: gettext_lazy("Opted out"),
    Kind.REPEATED: gettext_lazy("Repeated in the file"),
    Kind.EMPTY: gettext_lazy("Without a phone number"),
    Kind.WRONG: gettext_lazy("Invalid"),
}
OPT_OUT_LABELS: Mapping[Kind, Any] = {
    Kind.NEW: gettext_lazy("New phone numbers, also opted out"),
    Kind.UPDATED: gettext_lazy("Newly opted out"),
    Kind.OPTED_OUT: gettext_lazy("Already opted out"),
}
SHOWN_KINDS: Mapping[Subject, tuple[Kind, ...]] = {
    Subject.RECIPIENTS: tuple(Kind),
    # A message with other content is another message.
    Subject.MESSAGES: tuple(kind for kind in Kind if kind != Kind.UPDATED),
    Subject.OPT_OUTS: (Kind.UPDATED, Kind.NEW, Kind.OPTED_OUT, Kind.REPEATED, Kind.EMPTY, Kind.WRONG),
}
GOOD_KINDS: Mapping[Subject, tuple[Kind, ...]] = {
    Subject.RECIPIENTS: WRITTEN_KINDS,
    Subject.MESSAGES: (Kind.NEW,),
    Subject.OPT_OUTS: (Kind.NEW, Kind.UPDATED),
}
HINTS: Mapping[Subject, Mapping[Kind, Any]] = {
    Subject.RECIPIENTS: {
        Kind.UPDATED: gettext_lazy(
            "Existing recipients whose name or other data change. A blank cell changes nothing."
        ),
        Kind.UNCHANGED: gettext_lazy("Existing recipients who do not change. They are added to the group too."),
        Kind.OPTED_OUT: gettext_lazy("They stay opted out and receive no messages."),
        Kind.REPEATED: gettext_lazy("Only the first row of each phone number is used."),
        Kind.EMPTY: gettext_lazy("These rows are left out."),
        Kind.WRONG: gettext_lazy("These rows are left out. Correct them in the spreadsheet and import it again."),
    },
    Subject.MESSAGES: {
        Kind.UNCHANGED: gettext_lazy("The same message already exists as a draft. It is not created again."),
        Kind.OPTED_OUT: gettext_lazy("No messages are created for these people."),
        Kind.REPEATED: gettext_lazy("The same message is in the file more than once. Only the first row is used."),
        Kind.EMPTY: gettext_lazy("These rows are left out."),
        Kind.WRONG: gettext_lazy("These rows are left out. Correct them in the spreadsheet and import it again."),
    },
    Subject.OPT_OUTS: {
        Kind.NEW: gettext_lazy(
            "These phone numbers do not belong to a recipient yet. They stay opted out if they are added later."
        ),
        Kind.UPDATED: gettext_lazy("These people receive no more messages, not even those that are already queued."),
        Kind.OPTED_OUT: gettext_lazy("They keep the time of their first opt-out."),
        Kind.REPEATED: gettext_lazy("Only the first row of each phone number is used."),
        Kind.EMPTY: gettext_lazy("These rows are left out."),
        Kind.WRONG: gettext_lazy("These rows are left out. Correct them in the spreadsheet and import it again."),
    },
}
DELIMITERS = {
    ",": gettext_lazy("commas"),
    ";": gettext_lazy("semicolons"),
    "\t": gettext_lazy("tabs"),
    "|": gettext_lazy("vertical bars"),
}


def tiles_of(plan: Preview, subject: Subject) -> list[tuple[Kind, str, int]]:
    """Return the counts with their labels."""
    return [(kind, label_of(kind, subject), plan.counts[kind]) for kind in SHOWN_KINDS[subject]]


def label_of(kind: Kind, subject: Subject) -> str:
    """Return the label for a kind of row."""
    own = OPT_OUT_LABELS if subject == Subject.OPT_OUTS else {}
    return str(own.get(kind, KIND_LABELS[kind]))


def good_count(plan: Preview, subject: Subject) -> int:
    """Return how many rows there are to write."""
    return sum(plan.counts[kind] for kind in GOOD_KINDS[subject])


def button_of(count: int, subject: Subject) -> str:
    """Return the label of the import button."""
    if subject == Subject.MESSAGES:
        sentence = ngettext("Create %(count)s draft", "Create %(count)s drafts", count)
    elif subject == Subject.OPT_OUTS:
        sentence = ngettext("Opt out %(count)s number", "Opt out %(count)s numbers", count)
    else:
        sentence = ngettext("Import %(count)s recipient", "Import %(count)s recipients", count)
    return sentence % {"count": count}


def result_of(counts: Mapping[Any, int], subject: str) -> str:
    """Return the result in one line."""
    kinds = SHOWN_KINDS[Subject(subject)]
    parts = [f"{label_of(kind, Subject(subject))}: {counts[kind]}" for kind in kinds if counts.get(kind)]
    return "; ".join(parts) + "."


def facts_of(staged_import: StagedImport) -> str:
    """Return how a file was read, so that a person notices a wrong guess."""
    facts = staged_import.facts
    return " ".join(filter(None, [place_of(facts), zone_of(facts)]))


def place_of(facts: Mapping[str, Any]) -> str:
    """Return which sheet was read, or the encoding and separator of a text."""
    if facts.get("sheet"):
        return _("Read from the sheet %(sheet)s.") % {"sheet": facts["sheet"]}
    if not facts.get("encoding"):
        return ""
    return _("Read as text in %(encoding)s with %(separators)s between the columns.") % {
        "encoding": facts["encoding"],
        "separators": DELIMITERS.get(facts["delimiter"], facts["delimiter"]),
    }


def zone_of(facts: Mapping[str, Any]) -> str:
    """Return in which time zone times are read; empty if there are none."""
    if not facts.get("has_times"):
        return ""
    return _("Times are read in the time zone %(zone)s.") % {"zone": timezone.get_current_timezone_name()}


def hidden_of(staged_import: StagedImport) -> str:
    """Return how many rows the workbook hides, and whether they are left out; empty if there are none."""
    count = staged_import.facts.get("hidden_rows", 0)
    if not count:
        return ""
    if leaves_hidden_out(staged_import):
        sentence = ngettext(
            "%(count)s row is hidden in the workbook and is left out.",
            "%(count)s rows are hidden in the workbook and are left out.",
            count,
        )
    else:
        sentence = ngettext(
            "%(count)s row is hidden in the workbook, perhaps by a filter. It is read like the others.",
            "%(count)s rows are hidden in the workbook, perhaps by a filter. They are read like the others.",
            count,
        )
    return sentence % {"count": count}


def leaves_hidden_out(staged_import: StagedImport) -> bool:
    """Return whether a person chose to leave out hidden rows."""
    return bool(how_of(staged_import).get("leaves_hidden_out"))


def above_of(staged: Staged) -> str:
    """Return how many rows are above the headings; empty if there are none."""
    count = len(staged.above)
    sentence = ngettext(
        "%(count)s row above the headings is not imported:",
        "%(count)s rows above the headings are not imported:",
        count,
    )
    return sentence % {"count": count} if count else ""
