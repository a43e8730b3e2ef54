"""The banner on all our pages while nothing is sent, or the gateway cannot be used."""

from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from viber_messaging.admin.pages.links import url_of
from viber_messaging.admin.permissions import SEND_CAMPAIGN, has, may_see_messages
from viber_messaging.conf import conf
from viber_messaging.delivery.connection import account, health
from viber_messaging.delivery.queue import standstill
from viber_messaging.delivery.status import manual_decisions
from viber_messaging.delivery.storage import tables
from viber_messaging.models import Connection
from viber_messaging.states import MessageState
from viber_messaging.words.explanations import explain_reason, translate_error


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Why nothing is sent, or why the gateway could not be used last time, in words."""

    title: str
    explanation: str
    blocks: bool
    """Whether nothing at all is sent until something changes."""
    since: datetime | None = None
    next_try: datetime | None = None
    said: str = ""
    """The stored sentence about the failure, if no code says more."""
    lies_in_settings: bool = False
    is_worker_missing: bool = False
    is_wanted: bool = False
    """Whether a person decided so, or must decide, so that there is nothing to try."""
    is_stop: bool = False
    """Whether a person stopped all sending, and may resume it."""
    url: str = ""
    """The URL of the page where a person can act."""

    @property
    def may_pass(self) -> bool:
        """Return whether another try may succeed."""
        return not (self.lies_in_settings or self.is_wanted or self.is_worker_missing)

    @property
    def sentence(self) -> str:
        """Return the problem in one line, with what to do."""
        return f"{self.title} {self.explanation}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Banner:
    """A problem as the page shows it."""

    problem: Problem
    waiting: int
    waiting_url: str
    """The URL of the list of those; empty if this user may not view it."""
    try_url: str
    """The URL that *Try now* posts to; empty if this user may not."""
    resume_url: str
    """The URL that *Resume sending* posts to; empty if nobody stopped it, or if this user may not."""
    here: str


def read_banner(request: HttpRequest, site_name: str, *, may_try: bool) -> Banner | None:
    """Return the banner for this user on this page; None if all is well."""
    problem = problem_on(request) or (_undecided(site_name) if may_try else None) or _few_phones(site_name)
    if problem is None:
        return None
    list_url = url_of("viber_messaging_message_changelist", site_name) if may_see_messages(request) else ""
    return Banner(
        problem=problem,
        waiting_url=f"{list_url}?state__exact={MessageState.QUEUED}" if list_url else "",
        waiting=tables.messages().filter(state=MessageState.QUEUED).count(),
        try_url=url_of("viber_messaging_message_try_now", site_name) if may_try and problem.may_pass else "",
        resume_url=_switch_url(request, site_name) if problem.is_stop else "",
        here=request.get_full_path(),
    )


def stop_url_of(request: HttpRequest, site_name: str) -> str:
    """Return the URL of the question *Stop all sending?*; empty if it is stopped, or if this user may not stop it."""
    url = _switch_url(request, site_name)
    problem = problem_on(request) if url else None
    return "" if problem is not None and problem.is_stop else url


def _switch_url(request: HttpRequest, site_name: str) -> str:
    return url_of("viber_messaging_campaign_stop_all", site_name) if has(request, SEND_CAMPAIGN) else ""


def problem_on(request: HttpRequest) -> Problem | None:
    """Return what `find_problem` finds, asked once for a page."""
    if not hasattr(request, "viber_problem"):
        request.viber_problem = find_problem()  # type: ignore[attr-defined]
    found: Problem | None = request.viber_problem  # type: ignore[attr-defined]
    return found


def find_problem() -> Problem | None:
    """Return why nothing is sent now, or what made the last request fail; None if all is well."""
    return _find_problem(is_worker_needed=True)


def find_gateway_problem() -> Problem | None:
    """Return why the gateway cannot be asked now, or what made the last request fail; None if all is well."""
    return _find_problem(is_worker_needed=False)


def _find_problem(*, is_worker_needed: bool) -> Problem | None:
    if complaint := settings_complaint():
        return Problem(
            title=_("Nothing can be sent: the settings are invalid."),
            explanation=_("Ask your developers to correct VIBER_MESSAGING in the settings."),
            said=translate_error(complaint),
            blocks=True,
            lies_in_settings=True,
        )
    row = health.current()
    if row.stopped_at is not None:
        return _stop(row)
    if is_worker_needed and standstill.is_worker_missing(row):
        return _missing_worker(row)
    if not row.failure_count or row.settings_mark not in account.marks():
        return None
    return _problem_of(row)


def _undecided(site_name: str) -> Problem | None:
    """Return the problem that messages wait for a person's decision; None if none do."""
    count = manual_decisions.undecided(tables.messages()).count()
    if not count:
        return None
    title = ngettext(
        "%(count)s message may have been sent, and waits for your decision.",
        "%(count)s messages may have been sent, and wait for your decision.",
        count,
    )
    return Problem(
        title=title % {"count": count},
        explanation=_("The page of each message says why. Decide about them in the list of unconfirmed messages."),
        blocks=False,
        is_wanted=True,
        url=f"{url_of('viber_messaging_message_changelist', site_name)}?kind=undecided",
    )


def _few_phones(site_name: str) -> Problem | None:
    """Return the notice that this site may only reach some phones; None if it may reach all."""
    if conf.ONLY_PHONES is None:
        return None
    return Problem(
        title=_("This site only reaches the phones in its setting ONLY_PHONES."),
        explanation=_("Messages to all other phones are cancelled and never sent."),
        blocks=False,
        is_wanted=True,
        url=f"{url_of('viber_messaging_message_changelist', site_name)}?state__exact={MessageState.CANCELLED}",
    )


def settings_complaint() -> str:
    """Return what is wrong with the settings, as their reader reports it; empty if nothing is."""
    try:
        health.open_client(total_timeout_seconds=conf.INLINE_TIMEOUT).close()
        conf.DISPATCH  # noqa: B018 (reading it is what validates it)
    except ImproperlyConfigured as error:
        return str(error)
    return ""


def _stop(row: Connection) -> Problem:
    return Problem(
        title=_("A person stopped all sending."),
        explanation=_("Anybody who may send campaigns can resume sending."),
        since=row.stopped_at,
        blocks=True,
        is_wanted=True,
        is_stop=True,
    )


def _missing_worker(row: Connection) -> Problem:
    return Problem(
        title=_("No worker is running."),
        explanation=_("Nothing is sent until viber_worker runs. Ask your developers to start it."),
        said="" if row.worked_at else _("No worker has been seen on this site yet."),
        since=row.worked_at,
        blocks=True,
        is_worker_missing=True,
    )


def _problem_of(row: Connection) -> Problem:
    paused = row.is_paused(timezone.now())
    return Problem(
        title=_("Sending is paused.") if paused else _("The last request to the gateway failed."),
        explanation=explain_reason(row.reason, row.code),
        said=translate_error(row.error) if row.code is None else "",
        since=row.failed_at,
        next_try=row.paused_until if paused else None,
        blocks=paused,
    )
