"""Uploads that wait for confirmation, stored where only the processes and hosts of the site see them."""

import secrets
from typing import Any

from django.db import models
from django.utils import timezone


def draw_token() -> str:
    """Return a token that nobody can guess."""
    return secrets.token_urlsafe(TOKEN_BYTES)


TOKEN_BYTES = 24
TOKEN_LENGTH = 32
"""The number of characters in the encoded TOKEN_BYTES."""


class StagedImport(models.Model):
    """One person's spreadsheet between its upload and its import; emptied afterwards.

    ``options`` are the person's choices, ``facts`` what was found out about the file, ``counts`` the rows written, by
    kind.
    """

    token = models.CharField(max_length=TOKEN_LENGTH, unique=True, default=draw_token)
    owner = models.CharField(max_length=255)
    """The key of the user, as a string, because users may have keys of any type and be in another database."""
    subject = models.CharField(max_length=20)
    file_name = models.CharField(max_length=255)
    options: "models.JSONField[Any, Any]" = models.JSONField(default=dict)
    facts: "models.JSONField[Any, Any]" = models.JSONField(default=dict)
    is_judged = models.BooleanField(default=False)
    """Whether its columns are known and its rows were judged."""
    created_at = models.DateTimeField(default=timezone.now, db_index=True)
    done_at = models.DateTimeField(null=True)
    counts: "models.JSONField[Any, Any]" = models.JSONField(default=dict)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.file_name


class StagedPart(models.TextChoices):
    """The parts that are stored: the original file, and its judged rows."""

    UPLOAD = "upload", "upload"
    ROWS = "rows", "rows"


class StagedPiece(models.Model):
    """A compressed piece of a stored part, small enough for the packet limit of every database."""

    staged = models.ForeignKey(StagedImport, on_delete=models.CASCADE, related_name="pieces")
    part = models.CharField(max_length=10, choices=StagedPart.choices)
    number = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["staged", "part", "number"], name="viber_staged_piece_once")]

    def __str__(self) -> str:
        return f"{self.part} {self.number}"
