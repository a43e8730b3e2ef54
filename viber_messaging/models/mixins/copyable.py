"""Copy a row in Django's way, ``pk = None`` and ``save()``: the copy is a new row without a history."""

from collections.abc import Collection
from typing import Any, Self

from django.db import models


class Copyable(models.Model):
    """A model that remembers which row it was read from, or saved as."""

    stored_pk: Any = None

    class Meta:
        abstract = True

    @classmethod
    def from_db(cls, *args: Any, **kwargs: Any) -> Self:
        """Make an instance of a row that was read."""
        row = super().from_db(*args, **kwargs)
        row.stored_pk = row.pk
        return row

    def save_base(self, *args: Any, **kwargs: Any) -> None:
        """Insert or update the row."""
        super().save_base(*args, **kwargs)
        self.stored_pk = self.pk

    @property
    def is_copy(self) -> bool:
        """Whether saving would insert a stored row again."""
        return self.pk is None and (self.stored_pk is not None or not self._state.adding)

    def become_new(self, kept: Collection[str]) -> None:
        """Keep these fields; give all others the values of a new row."""
        self._read_deferred(kept)
        for field in self._meta.concrete_fields:
            if field.name not in kept:
                setattr(self, field.attname, field.get_default())
        self.stored_pk, self._state.adding = None, True

    def _read_deferred(self, names: Collection[str]) -> None:
        deferred = self.get_deferred_fields()
        missing = [f.attname for f in self._meta.concrete_fields if f.name in names and f.attname in deferred]
        if missing:
            row = type(self)._base_manager.using(self._state.db).values(*missing).get(pk=self.stored_pk)
            for name, value in row.items():
                setattr(self, name, value)
