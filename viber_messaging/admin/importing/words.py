"""What the pages of an import say: the words of each kind, what was done, how the file was read."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from viber_messaging.importing import Kind, Preview, Subject
from viber_messaging.models import StagedImport

KIND_LABELS: Mapping[Kind, Any] = {
    Kind.NEW: gettext_lazy("New"),
    Kind.UPDATED: gettext_lazy("Updated"),
    Kind.UNCHANGED: gettext_lazy("Unchanged"),
    Kind.OPTED_OUT: gettext_lazy("Opted out"),
    Kind.REPEATED: gettext_lazy("Repeated in the file"),
    Kind.EMPTY: gettext_lazy("Without a phone"),
    Kind.WRONG: gettext_lazy("Wrong"),
}
HINTS: Mapping[Subject, Mapping[Kind, Any]] = {
    Subject.RECIPIENTS: {
        Kind.UPDATED: gettext_lazy("Known people whose name or other data change. A blank cell changes nothing."),
        Kind.UNCHANGED: gettext_lazy("Known people who stay as they are; they go to the group too."),
        Kind.OPTED_OUT: gettext_lazy("They stay opted out and are sent nothing."),
        Kind.REPEATED: gettext_lazy("The first row of each phone counts."),
        Kind.EMPTY: gettext_lazy("These rows are left out."),
        Kind.WRONG: gettext_lazy("These rows are left out. Correct them in the spreadsheet and import it again."),
    },
    Subject.MESSAGES: {
        Kind.UNCHANGED: gettext_lazy("The same message waits as a draft already; it is not made again."),
        Kind.OPTED_OUT: gettext_lazy("These people are sent nothing; no message is made."),
        Kind.REPEATED: gettext_lazy("The same message stands in the file twice; the first row counts."),
        Kind.EMPTY: gettext_lazy("These rows are left out."),
        Kind.WRONG: gettext_lazy("These rows are left out. Correct them in the spreadsheet and import it again."),
    },
}
DELIMITERS = {",": gettext_lazy("commas"), ";": gettext_lazy("semicolons"), "\t": gettext_lazy("tabs")}


def tiles_of(plan: Preview, subject: Subject) -> list[tuple[Kind, str, int]]:
    """Return the counts with their words."""
    # A message that differs is another message.
    kinds = (kind for kind in Kind if kind != Kind.UPDATED or subject == Subject.RECIPIENTS)
    return [(kind, str(KIND_LABELS[kind]), plan.counts[kind]) for kind in kinds]


def good_count(plan: Preview, subject: Subject) -> int:
    """Return how many rows there are to write."""
    return plan.good if subject == Subject.RECIPIENTS else plan.counts[Kind.NEW]


def button_of(count: int, subject: Subject) -> str:
    """Return what stands on the button that imports."""
    if subject == Subject.MESSAGES:
        sentence = ngettext("Make %(count)s draft", "Make %(count)s drafts", count)
    else:
        sentence = ngettext("Import %(count)s recipient", "Import %(count)s recipients", count)
    return sentence % {"count": count}


def result_of(counts: Mapping[Any, int]) -> str:
    """Return what was done, in one line."""
    parts = [f"{KIND_LABELS[kind]}: {counts[kind]}" for kind in Kind if counts.get(kind)]
    return "; ".join(parts) + "."


def facts_of(staged_import: StagedImport) -> str:
    """Say how a file was read, so that a person sees a wrong guess."""
    facts = staged_import.facts
    if facts.get("sheet"):
        return _("Read from the sheet %(sheet)s.") % {"sheet": facts["sheet"]}
    if facts.get("encoding"):
        delimiter = DELIMITERS.get(facts["delimiter"], facts["delimiter"])
        return _("Read as a text in %(encoding)s with %(separators)s between the columns.") % {
            "encoding": facts["encoding"],
            "separators": delimiter,
        }
    return ""
