"""Uploads that wait for a person's word, where all processes and hosts of the site see them and nobody else does."""

import secrets
from typing import Any

from django.db import models
from django.utils import timezone


def draw_token() -> str:
    """Return a name that nobody can guess."""
    return secrets.token_urlsafe(TOKEN_BYTES)


TOKEN_BYTES = 24
TOKEN_LENGTH = 32
"""Characters that so many bytes are written with."""


class StagedImport(models.Model):
    """A spreadsheet between its upload and its import, of one person; emptied when that is over.

    ``options`` are what the person chose, ``facts`` what was found out about the file, ``counts`` how many rows of
    each kind were written.
    """

    token = models.CharField(max_length=TOKEN_LENGTH, unique=True, default=draw_token)
    owner = models.CharField(max_length=255)
    """The key of the user; a text, because users may have keys of any type and live in another database."""
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
    """What is kept: the file as it came, and its rows as they were judged."""

    UPLOAD = "upload", "upload"
    ROWS = "rows", "rows"


class StagedPiece(models.Model):
    """A piece of what is kept, packed; small enough for every database's packets."""

    staged = models.ForeignKey(StagedImport, on_delete=models.CASCADE, related_name="pieces")
    part = models.CharField(max_length=10, choices=StagedPart.choices)
    number = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["staged", "part", "number"], name="viber_staged_piece_once")]

    def __str__(self) -> str:
        return f"{self.part} {self.number}"
