"""The database that messages are written to; never a replica, because a claim must read its own writes."""

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
from viber_messaging.models.message import MessageQuerySet
from viber_messaging.models.recipient import RecipientQuerySet
from viber_messaging.models.sender import SenderQuerySet


class TransactionOpen(RuntimeError):
    """The gateway was about to be asked inside a transaction, which could roll back what was sent."""


def alias() -> str:
    """Return the alias of the database that messages are written to."""
    return router.db_for_write(Message)


def messages() -> MessageQuerySet:
    """Return all messages, read where they are written."""
    return MessageQuerySet(Message, using=alias())


def campaigns() -> CampaignQuerySet:
    """Return all campaigns, read where their messages are written."""
    return CampaignQuerySet(Campaign, using=alias())


def senders() -> SenderQuerySet:
    """Return all senders, read where messages are written."""
    return SenderQuerySet(Sender, using=alias())


def recipients() -> RecipientQuerySet:
    """Return all recipients, read where messages are written: whoever opted out there is sent nothing."""
    return RecipientQuerySet(Recipient, using=alias())


def groups() -> Any:
    """Return all groups, read where messages are written."""
    return RecipientGroup._default_manager.using(alias())


def memberships() -> Any:
    """Return who is in which group, read where messages are written."""
    return Recipient.groups.through._default_manager.using(alias())


def attempts() -> Any:
    """Return all attempts, read where they are written."""
    return SendAttempt._default_manager.using(alias())


def consent_changes() -> Any:
    """Return all that was noted of opting out and in."""
    return ConsentChange._default_manager.using(alias())


def staged_imports() -> Any:
    """Return all uploads, read where they are written."""
    return StagedImport._default_manager.using(alias())


def staged_pieces() -> Any:
    """Return the pieces of all uploads, read where they are written."""
    return StagedPiece._default_manager.using(alias())


def kept_searches() -> Any:
    """Return all searches that are kept, read where they are written."""
    return KeptSearch._default_manager.using(alias())


def connection_rows() -> ConnectionManager:
    """Return the manager of the connection's row, bound to where it is written."""
    return Connection.objects.db_manager(alias())


def atomic() -> Any:
    """Open a transaction on the messages' database."""
    return transaction.atomic(using=alias())


def assert_no_transaction() -> None:
    """Raise TransactionOpen inside a transaction: no lock may be held while the network is waited for."""
    if connections[alias()].in_atomic_block:
        raise TransactionOpen(
            "Messages cannot be sent inside a transaction: it could roll back what was already sent. "
            "Save them and let the commit send them, or call this after the transaction."
        )
