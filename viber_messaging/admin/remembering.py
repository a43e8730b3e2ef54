"""What a person searched for, kept in the session: phones stand in no address, so in no log and no referrer."""

from django.http import HttpRequest
from django.utils.crypto import get_random_string

KEY = "viber_messaging_searches"
KEPT = 20
"""Searches of one person that are kept, the last ones."""
MARK = "~"
"""Begins a token; what people search for does not begin so."""
LONGEST = 200
"""Characters of a search that are kept."""


def remember(request: HttpRequest, term: str) -> str:
    """Keep what is searched for; return the token that stands for it in addresses."""
    term = term.strip()[:LONGEST]
    kept: dict[str, str] = request.session.get(KEY, {})
    token = next((token for token, known in kept.items() if known == term), MARK + get_random_string(12))
    others = [(known, text) for known, text in kept.items() if known != token]
    request.session[KEY] = dict([*others, (token, term)][-KEPT:])
    return token


def is_token(query: str) -> bool:
    """Tell whether this stands for a search, and is not one itself."""
    return query.startswith(MARK)


def is_forgotten(request: HttpRequest, query: str) -> bool:
    """Tell whether this token stands for nothing here: it is of another person, or of long ago."""
    return is_token(query) and query not in request.session.get(KEY, {})


def recall(request: HttpRequest, query: str) -> str:
    """Return what a token stands for; what is no token as it is, and nothing for one that is forgotten."""
    if not is_token(query):
        return query
    found: str = request.session.get(KEY, {}).get(query, "")
    return found
