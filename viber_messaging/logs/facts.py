"""Structured data of log records, besides the sentence: IDs, codes, counts and our own names, no personal data."""

from collections.abc import Mapping

PREFIX = "viber_"

EVENTS: Mapping[str, str] = {
    "campaign_batch_failed": "a batch of a campaign could not be queued; it is tried again",
    "campaign_expanded": "messages of a campaign were queued",
    "campaign_finished": "a campaign is done",
    "campaign_paused": "a campaign paused itself: too many of its messages failed",
    "claims_lost": "another worker took messages over before an answer could be saved",
    "database_busy": "the database refused a piece of work in passing; it is tried again (at the level of debugging)",
    "database_failed": "the database failed; what was to be written is tried once more",
    "doubt_settled": "it is known what became of an unconfirmed message",
    "gateway_answered": "an answer came, whatever it says (at the level of debugging)",
    "gateway_broken": "the class in GATEWAY broke its contract; the outcome is unknown, and the gateway is asked",
    "gateway_failed": "a whole request failed or was refused",
    "ids_unasked": "an answer speaks of ids that nobody asked about; they are left out",
    "messages_deleted": "somebody deleted messages while they were being sent",
    "nudge_failed": "nothing could be sent after a save; the messages wait for a worker",
    "other_database": "a message was saved to a database that messages are not sent from",
    "package_recorded": "the answers to a package are saved",
    "receiver_failed": "a receiver of one of our signals raised an exception",
    "receivers_endless": "receivers of our signals answer each message by another one; the chain was cut",
    "references_taken": "the gateway had these references before; nothing was sent",
    "result_unclear": "an answer contradicts itself about a message, which is asked about again",
    "round_done": "what was due is done",
    "sending_allowed": "a person let sending go on",
    "sending_paused": "nothing is sent for a while, and then it is tried again",
    "sending_stopped": "a person stopped all sending",
    "settings_wrong": "the settings do not do: nothing can be sent",
    "task_refused": "django.tasks does not take our task (at the level of debugging)",
    "worker_died": "messages were left behind by a worker that ended; the gateway is asked about them",
}
"""Every logged event by its word; the words are as stable as the names of settings."""

FACTS: Mapping[str, str] = {
    "event": "what happened, in one word",
    "campaign": "the key of a campaign",
    "code": "the gateway's number",
    "command": "what the gateway was asked: send, status, delete or balance",
    "count": "how many messages",
    "http_status": "of the gateway's answer",
    "reason": "why sending pauses, in one word",
    "reference": "our number of a message",
    "references": "several of them",
    "state": "the state that a message came to",
    "states": "how many came to which state",
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
