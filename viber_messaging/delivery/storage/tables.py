"""Access to the database that messages are written to; never a replica, because a claim must read its own writes."""

from typing import Any

from django.db import connections, router, transaction

from viber_messaging.models import (
    Campaign,
    Connection,
    ConsentChange,
    KeptSearch,
    Message,
    Recipient,
    RecipientGroup,
    SendAttempt,
    Sender,
    StagedImport,
    StagedPiece,
)
from viber_messaging.models.campaign import CampaignQuerySet
from viber_messaging.models.connection import ConnectionManager
from viber_messaging.models.message_queries import MessageQuerySet
from viber_messaging.models.recipient import RecipientQuerySet
from viber_messaging.models.sender import SenderQuerySet


class TransactionOpen(RuntimeError):
    """Raised when the gateway would be asked inside a transaction, which could roll back what was sent."""


def alias() -> str:
    """Return the alias of the database that messages are written to."""
    return router.db_for_write(Message)


def messages() -> MessageQuerySet:
    """Return all messages, read from the database that they are written to."""
    return MessageQuerySet(Message, using=alias())


def campaigns() -> CampaignQuerySet:
    """Return all campaigns, read from the messages' database."""
    return CampaignQuerySet(Campaign, using=alias())


def senders() -> SenderQuerySet:
    """Return all senders, read from the messages' database."""
    return SenderQuerySet(Sender, using=alias())


def recipients() -> RecipientQuerySet:
    """Return all recipients, read from the messages' database, whose opt-outs count."""
    return RecipientQuerySet(Recipient, using=alias())


def groups() -> Any:
    """Return all groups, read from the messages' database."""
    return RecipientGroup._default_manager.using(alias())


def memberships() -> Any:
    """Return the memberships of groups, read from the messages' database."""
    return Recipient.groups.through._default_manager.using(alias())


def attempts() -> Any:
    """Return all attempts, read from the messages' database."""
    return SendAttempt._default_manager.using(alias())


def consent_changes() -> Any:
    """Return the history of opt-outs and opt-ins."""
    return ConsentChange._default_manager.using(alias())


def staged_imports() -> Any:
    """Return all uploads, read from the messages' database."""
    return StagedImport._default_manager.using(alias())


def staged_pieces() -> Any:
    """Return the pieces of all uploads, read from the messages' database."""
    return StagedPiece._default_manager.using(alias())


def kept_searches() -> Any:
    """Return all kept searches, read from the messages' database."""
    return KeptSearch._default_manager.using(alias())


def connection_rows() -> ConnectionManager:
    """Return the manager of the connection's row, bound to the messages' database."""
    return Connection.objects.db_manager(alias())


def atomic() -> Any:
    """Open a transaction on the messages' database."""
    return transaction.atomic(using=alias())


def assert_no_transaction() -> None:
    """Raise TransactionOpen inside a transaction: no lock may be held while waiting for the network."""
    if connections[alias()].in_atomic_block:
        raise TransactionOpen(
            "Messages cannot be sent inside a transaction, because it could roll back what was already sent. Save "
            "them so that they are sent after the commit, or call this after the transaction."
        )
