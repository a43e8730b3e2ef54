"""Recent searches, kept for at most a day, so that no phone appears in an address, a log or a referrer."""

from django.db import models
from django.utils import timezone

TERM_MAX_LENGTH = 200


class KeptSearch(models.Model):
    """The search term that a token in an address stands for, for one member of the staff."""

    token = models.CharField(max_length=32, unique=True)
    owner = models.CharField(max_length=255)
    """The key of the user, as a string, because users may have keys of any type and be in another database."""
    term = models.CharField(max_length=TERM_MAX_LENGTH)
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.token
