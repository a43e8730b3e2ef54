"""A report as one table for a spreadsheet, in which each row says what it counts."""

from collections.abc import Iterator
from typing import IO

from django.utils.translation import gettext as _

from viber_messaging.admin.pages.campaign_links import SeenCampaigns
from viber_messaging.admin.statistics import tables
from viber_messaging.spreadsheets.writer import Format, write_table
from viber_messaging.states import MessageState
from viber_messaging.statistics import Report, Scope
from viber_messaging.statistics.periods import States
from viber_messaging.words.explanations import name_message_code


def write_report(found: Report, file: IO[bytes], format: Format, campaigns: SeenCampaigns) -> None:  # noqa: A002
    """Write a report to a binary ``file``, which stays open: a row for each count."""
    labels = [str(state.label) for state in MessageState]
    write_table(file, format, [_("Counted by"), _("Value"), _("Messages"), *labels], _rows(found, campaigns))


def file_name(what: str, scope: Scope) -> str:
    """Return the name of a file about these days, without its ending."""
    return f"{what} {scope.first:%Y-%m-%d} {scope.last:%Y-%m-%d}"


def _rows(found: Report, campaigns: SeenCampaigns) -> Iterator[list[object]]:
    period = found.period
    yield _row(_("all"), "", period.states)
    for day, states in period.days.items():
        yield _row(_("day"), day, states)
    for sender, states in sorted(period.senders.items()):
        yield _row(_("sender"), sender, states)
    names = campaigns.names(period.campaigns)
    for campaign, states in period.campaigns.items():
        yield _row(_("campaign"), names.get(campaign, ""), states)
    for channel, states in tables.of_channels(period.channels).items():
        yield _row(_("channel"), channel, states)
    for operator, states in tables.merged_by_operator(found.prefixes).items():
        yield _row(_("operator"), operator, states)
    for code, count in period.failures.items():
        yield [_("reason"), name_message_code(code), count]


def _row(what: str, value: object, states: States) -> list[object]:
    return [what, value, sum(states.values()), *(states.get(state, 0) for state in MessageState)]
