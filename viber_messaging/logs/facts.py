"""Structured data of log records, besides the sentence: IDs, codes, counts and our own names, no personal data."""

from collections.abc import Mapping

PREFIX = "viber_"

EVENTS: Mapping[str, str] = {
    "campaign_batch_failed": "a batch of a campaign could not be queued; it is retried",
    "campaign_expanded": "messages of a campaign were queued",
    "campaign_finished": "a campaign is finished",
    "campaign_paused": "a campaign paused itself: too many of its messages failed",
    "claims_lost": "another worker took messages over before an answer could be saved",
    "database_busy": "the database refused an operation temporarily; it is retried (level DEBUG)",
    "database_failed": "the database failed; the write is retried once",
    "doubt_settled": "the outcome of an unconfirmed message became known",
    "gateway_answered": "the gateway answered a request, whatever it said (level DEBUG)",
    "gateway_broken": "the class in GATEWAY broke its contract; the outcome is unknown, and the gateway is asked",
    "gateway_failed": "a whole request failed or was refused",
    "ids_unasked": "an answer contains ids that were not requested; they are ignored",
    "messages_deleted": "somebody deleted messages while they were being sent",
    "nudge_failed": "nothing could be sent after a save; the messages wait for a worker",
    "other_database": "a message was saved to a database that messages are not sent from",
    "package_recorded": "the answers to a package are saved",
    "picture_not_stored": "the site's storage failed to store an uploaded picture; the form says so",
    "receiver_failed": "a receiver of one of our signals raised an exception",
    "receivers_endless": "receivers of our signals answer each message with another one; the chain was cut",
    "references_taken": "the gateway already had these references; nothing was sent",
    "result_unclear": "an answer contradicts itself about a message; the gateway is asked about it again",
    "round_done": "a run did everything that was due",
    "sending_allowed": "a person resumed sending",
    "sending_paused": "sending pauses for a while, and is then tried again",
    "sending_stopped": "a person stopped all sending",
    "settings_wrong": "the settings are invalid: nothing can be sent",
    "task_refused": "django.tasks does not accept our task (level DEBUG)",
    "worker_died": "a worker stopped while it was sending messages; the gateway is asked about them",
    "worker_ended": "a worker was asked to stop, and ended (level INFO)",
    "worker_started": "a worker without a terminal started (level INFO)",
}
"""Every logged event by its word; the words are as stable as the names of settings."""

FACTS: Mapping[str, str] = {
    "event": "what happened, in one word",
    "campaign": "the primary key of a campaign",
    "code": "the gateway's code",
    "command": "what the gateway was asked: send, status, delete or balance",
    "count": "how many messages",
    "database": "the kind of database that messages are in",
    "dispatch": "the setting DISPATCH",
    "http_status": "of the gateway's answer",
    "interval_seconds": "how long a worker waits between two rounds",
    "reason": "why sending pauses, in one word",
    "reference": "our ID of a message",
    "references": "several of them",
    "state": "the new state of a message",
    "states": "how many messages moved to which state",
    "version": "of this package",
    "wait_seconds": "how long sending pauses",
}
"""Every attribute that a record may have, each with the prefix ``viber_``."""


def facts(event: str, **values: object) -> dict[str, object]:
    """Return ``extra`` for a log record. Raises ValueError for an undocumented event or fact."""
    if event not in EVENTS:
        raise ValueError(f"Not documented in EVENTS: {event}.")
    if unknown := values.keys() - FACTS.keys():
        raise ValueError(f"Not documented in FACTS: {', '.join(sorted(unknown))}.")
    return {f"{PREFIX}{name}": value for name, value in {"event": event, **values}.items()}
