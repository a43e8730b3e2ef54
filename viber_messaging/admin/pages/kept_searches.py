"""Keep a user's search terms for a day, so that no phone appears in a URL, a log or a referrer.

They are stored in a separate table and not in the session, so that they can be found, erased and deleted in time.
"""

import re
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from viber_messaging.admin.pages.digests import mark_of
from viber_messaging.delivery.storage import pruning, tables
from viber_messaging.models.search import TERM_MAX_LENGTH

KEPT = 20
"""The number of last searches kept for one user."""
MARK = "~"
"""The first character of a token; search terms do not begin with it."""
LONGEST = TERM_MAX_LENGTH
"""The most characters of a search term that are kept."""
TOKEN = re.compile(rf"{MARK}[a-p]{{20}}")


def remember(request: HttpRequest, term: str) -> str:
    """Keep a search term; return its token for URLs, which is the same for the same term."""
    term, owner = term.strip()[:LONGEST], _owner_of(request)
    token = MARK + mark_of("search", owner, term)[:20]
    pruning.prune_searches()
    tables.kept_searches().update_or_create(
        token=token, defaults={"owner": owner, "term": term, "created_at": timezone.now()}
    )
    latest = _searches_of(request).order_by("-created_at").values_list("pk", flat=True)
    tables.kept_searches().filter(pk__in=list(latest[KEPT:])).delete()
    return token


def is_token(query: str) -> bool:
    """Return whether this is a token, not a search term."""
    return query.startswith(MARK)


def is_forgotten(request: HttpRequest, query: str) -> bool:
    """Return whether this token is unknown: it belongs to another user, or is too old."""
    return is_token(query) and not recall(request, query)


def recall(request: HttpRequest, query: str) -> str:
    """Return the search term of a token; anything else unchanged, and an empty string for an unknown token."""
    if not is_token(query):
        return query
    if not TOKEN.fullmatch(query):
        return ""
    found: str | None = _searches_of(request).filter(token=query).values_list("term", flat=True).first()
    return found or ""


def _searches_of(request: HttpRequest) -> Any:
    return pruning.known_searches().filter(owner=_owner_of(request))


def _owner_of(request: HttpRequest) -> str:
    return str(request.user.pk)
