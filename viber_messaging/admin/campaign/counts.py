"""The counts on a campaign's page: the bar, four large figures, and a small one for each state."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from viber_messaging.delivery.campaign.progress import Progress
from viber_messaging.states import REACHED_STATES, TAKEN_STATES, UNREACHED_STATES, WAITING_STATES, MessageState

SEGMENTS = (
    ("read", frozenset({MessageState.READ})),
    ("delivered", frozenset({MessageState.DELIVERED})),
    ("accepted", frozenset({MessageState.ACCEPTED})),
    ("unconfirmed", frozenset({MessageState.UNCONFIRMED})),
    ("failed", UNREACHED_STATES),
    ("cancelled", frozenset({MessageState.CANCELLED})),
    ("queued", WAITING_STATES | {MessageState.DRAFT}),
)
"""The parts of the bar from left to right, with the states in each; messages not created yet are the empty rest."""

LOOKS: Mapping[MessageState, str] = {state: name for name, states in SEGMENTS for state in states}


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A large figure: the messages in some states, or those who were not reached."""

    name: str
    label: Promise
    states: frozenset[MessageState] | None
    query: str
    """The filters of the list of messages that show what it counts."""

    def count(self, found: Progress) -> int:
        """Return its number."""
        if self.states is None:
            return found.unreached
        return found.of(self.states) + found.sms_of(self.states)


FIGURES = (
    Figure(name="sent", label=gettext_lazy("sent"), states=TAKEN_STATES, query="kind=sent"),
    Figure(name="delivered", label=gettext_lazy("delivered"), states=REACHED_STATES, query="kind=good"),
    Figure(
        name="read", label=MessageState.READ.label, states=frozenset({MessageState.READ}), query="state__exact=read"
    ),
    Figure(name="unreached", label=gettext_lazy("not reached"), states=None, query="kind=unreached"),
)


def number(count: int) -> str:
    """Return a number as people write it."""
    return number_format(count, use_l10n=True, force_grouping=True)


def large(found: Progress, total: int) -> Iterator[dict[str, Any]]:
    """Yield the large figures, with their shares of everybody who is to get the campaign."""
    for figure in FIGURES:
        count = figure.count(found)
        yield {
            "name": figure.name,
            "label": str(figure.label),
            "query": figure.query,
            "count": number(count),
            "share": _share(count, total),
        }


def small(found: Progress, to_come: int) -> Iterator[dict[str, Any]]:
    """Yield the number of messages that are not created yet, and of those in each state that is no large figure."""
    yield {"name": "to_come", "label": _("not yet queued"), "look": "", "count": number(to_come)}
    for state in MessageState:
        if state not in REACHED_STATES | {MessageState.DRAFT}:
            count = number(found.by_state.get(state, 0))
            yield {"name": state.value, "label": str(state.label), "look": LOOKS[state], "count": count}


def bar(found: Progress, total: int) -> Iterator[dict[str, Any]]:
    """Yield the segments of the bar, in thousandths."""
    done = 0
    for name, states in SEGMENTS:
        count = found.of(states)
        start, end = (round(1000 * part / total) if total else 0 for part in (done, done + count))
        yield {"name": name, "x": start, "width": end - start}
        done += count


def _share(count: int, total: int) -> str:
    """Return a percentage that says 0 only for none, and 100 only for all."""
    if not total:
        return ""
    percent = round(100 * count / total)
    if 0 < count < total:
        percent = min(max(percent, 1), 99)
    return _("%(percent)s %%") % {"percent": percent}
