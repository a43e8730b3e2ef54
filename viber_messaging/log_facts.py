"""What a log record tells a program, beside its sentence: ids, codes, counts and names of ours, nothing of a person."""

from collections.abc import Mapping

PREFIX = "viber_"

FACTS: Mapping[str, str] = {
    "event": "what happened, in one word that does not change",
    "campaign": "the key of a campaign",
    "code": "the gateway's number",
    "count": "how many messages",
    "reason": "why sending pauses, in one word",
    "reference": "our number of a message",
    "references": "several of them",
    "state": "the state that a message came to",
    "states": "how many came to which state",
    "wait_seconds": "how long sending pauses",
}
"""Every attribute that a record may bear, each with ``viber_`` before it."""


def facts(event: str, **values: object) -> dict[str, object]:
    """Return ``extra`` for a log record. Raises ValueError for a fact that is not documented."""
    if unknown := values.keys() - FACTS.keys():
        raise ValueError(f"Not documented in FACTS: {', '.join(sorted(unknown))}.")
    return {f"{PREFIX}{name}": value for name, value in {"event": event, **values}.items()}
