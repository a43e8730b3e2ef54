"""What a person searched for, kept for a day: phones stand in no address, so in no log and no referrer.

It is kept in a table of its own and not in the session, so that it can be found, erased and forgotten in time.
"""

import re
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from viber_messaging.admin.pages.digests import mark_of
from viber_messaging.delivery.storage import pruning, tables
from viber_messaging.models.search import TERM_MAX_LENGTH

KEPT = 20
"""Searches of one person that are kept, the last ones."""
MARK = "~"
"""Begins a token; what people search for does not begin so."""
LONGEST = TERM_MAX_LENGTH
"""Characters of a search that are kept."""
TOKEN = re.compile(rf"{MARK}[a-p]{{20}}")


def remember(request: HttpRequest, term: str) -> str:
    """Keep what is searched for; return the token that stands for it in addresses: the same for the same."""
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
    """Return whether this stands for a search, and is not one itself."""
    return query.startswith(MARK)


def is_forgotten(request: HttpRequest, query: str) -> bool:
    """Return whether this token stands for nothing here: it is of another person, or of long ago."""
    return is_token(query) and not recall(request, query)


def recall(request: HttpRequest, query: str) -> str:
    """Return what a token stands for; what is no token as it is, and nothing for one that is forgotten."""
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
