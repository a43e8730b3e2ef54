"""What people searched for lately, for a day at most: phones stand in no address, so in no log and no referrer."""

from django.db import models
from django.utils import timezone

TERM_MAX_LENGTH = 200


class KeptSearch(models.Model):
    """What a token in an address stands for, for one person of the staff."""

    token = models.CharField(max_length=32, unique=True)
    owner = models.CharField(max_length=255)
    """The key of the user; a text, because users may have keys of any type and live in another database."""
    term = models.CharField(max_length=TERM_MAX_LENGTH)
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.token
