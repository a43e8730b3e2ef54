"""What the database itself writes down: each move of a state, and each claim that must not have been made."""

from collections.abc import Iterator

from django.db import connection

from tests.chaos import triggers
from viber_messaging.models import Campaign, Connection, Message, Recipient
from viber_messaging.states import (
    CAMPAIGN_MOVES,
    DELETABLE_STATES,
    HOLDING_STATES,
    LEGAL_MOVES,
    CampaignState,
    MessageState,
)

TABLE = "viber_simulation_wrong"
IS_CLAIMED = "new.state = 'sending' AND old.state <> 'sending'"


def _tables() -> dict[str, str]:
    models = {"message": Message, "recipient": Recipient, "campaign": Campaign, "connection": Connection}
    return {name: model._meta.db_table for name, model in models.items()}


FORBIDDEN = {
    "claimed though its phone had opted out": (
        "EXISTS (SELECT 1 FROM {recipient} WHERE phone = new.phone AND opted_out_at IS NOT NULL)"
    ),
    "claimed though its campaign was held": (
        f"EXISTS (SELECT 1 FROM {{campaign}} WHERE id = new.campaign_id AND state IN {tuple(map(str, HOLDING_STATES))})"
    ),
    "claimed though all sending was stopped": "EXISTS (SELECT 1 FROM {connection} WHERE stopped_at IS NOT NULL)",
    "claimed though Viber had reached its recipient": (
        "EXISTS (SELECT 1 FROM {message} WHERE id = new.fallback_of_id AND state IN ('delivered', 'read'))"
    ),
    "claimed though it was too late": "new.expires_at <= new.claimed_at",
    "claimed from a state in which nobody wanted it": "old.state <> 'queued'",
}


def begin() -> None:
    """Let the database write down what it sees."""
    triggers.keep_history()
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE {TABLE} (message_id bigint, what text)")
        for number, (what, condition) in enumerate(FORBIDDEN.items()):
            cursor.execute(
                f"CREATE TRIGGER viber_simulation_{number} AFTER UPDATE ON {Message._meta.db_table} "
                f"WHEN {IS_CLAIMED} AND {condition.format(**_tables())} "
                f"BEGIN INSERT INTO {TABLE} VALUES (new.id, '{what}'); END"
            )
        cursor.execute(
            f"CREATE TRIGGER viber_simulation_lost AFTER DELETE ON {Message._meta.db_table} "
            f"WHEN old.state NOT IN {tuple(sorted(map(str, {*DELETABLE_STATES, MessageState.ACCEPTED})))} "
            f"BEGIN INSERT INTO {TABLE} VALUES (old.id, 'deleted before it had ended'); END"
        )


def wrong() -> Iterator[str]:
    """Tell what went wrong since the database was made or put back."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT message_id, what FROM {TABLE}")
        for message, what in cursor.fetchall():
            yield f"message {message} was {what}"
    for campaign, message, previous, state in triggers.moves_of_campaigns():
        if message is None and state not in CAMPAIGN_MOVES[CampaignState(previous)]:
            yield f"campaign {campaign} went from {previous} to {state}"
    for message, previous, state in triggers.moves():
        if state not in LEGAL_MOVES[MessageState(previous)]:
            yield f"message {message} went from {previous} to {state}"


def edges() -> set[tuple[str, str]]:
    """Return the moves of messages that were seen."""
    return {(previous, state) for _message, previous, state in triggers.moves()}
