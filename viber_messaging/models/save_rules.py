"""What saving can do to a message: insert it once, edit a draft and queue it, and no other change of state."""

from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError, router, transaction

from viber_messaging import references
from viber_messaging.logs.tracebacks import without_locals
from viber_messaging.models.intent import Intents
from viber_messaging.models.mixins.content import CONTENT_FIELDS
from viber_messaging.models.mixins.copyable import Copyable
from viber_messaging.models.mixins.fallback import FALLBACK_FIELDS
from viber_messaging.models.mixins.linked import LINKED_FIELDS
from viber_messaging.states import UNSENT_STATES, MessageState
from viber_messaging.text.phones import ERASED_PREFIX

SENT_FIELDS = (*CONTENT_FIELDS, *FALLBACK_FIELDS, "phone", "scheduled_at")
"""The fields that decide what the recipient gets; frozen as soon as a message is queued."""

LINK_FIELDS = ("recipient", "created_by", *LINKED_FIELDS)
"""The fields that the site may set at any time."""

FIXED_FIELDS = ("reference", "key", "channel")
"""The fields that are set when a message is created, and never change."""


class MessageChanged(Exception):
    """Raised when saving would change the content of a queued or sent message, or its state, key or reference."""


class Saved(Copyable):
    """Saves as Django does, but never overwrites what happened to the message since it was read."""

    reference: Any
    key: Any
    phone: Any
    campaign_id: Any
    fallback_of: Any
    fallback_of_id: Any
    channel: Any
    state: Any

    read_state: str | None = None
    """The state when this instance last read or saved the row; None if unknown."""
    candidate = 0
    """The number of the next candidate reference of its intent."""

    class Meta:
        abstract = True

    @classmethod
    def from_db(cls, *args: Any, **kwargs: Any) -> Any:
        """Make an instance of a row that was read."""
        message = super().from_db(*args, **kwargs)
        message.note_state()
        return message

    def refresh_from_db(self, *args: Any, **kwargs: Any) -> None:
        """Read the row again."""
        super().refresh_from_db(*args, **kwargs)
        self.note_state()

    def save_base(self, *args: Any, **kwargs: Any) -> None:
        """Insert or update the row."""
        super().save_base(*args, **kwargs)
        self.note_state()

    def note_state(self) -> None:
        """Remember that the row has this state."""
        self.read_state = self.__dict__.get("state")

    def make_reference(self, database: str) -> int:
        """Return the reference derived from the intent of the message."""
        return Intents(database).reference(self, self.candidate)

    @without_locals
    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        """Save the fields that may change. A copy (``pk = None``) becomes a new draft with a new reference and no key.

        Raises MessageChanged if the content was edited after the message had been queued, or if the state was changed
        other than from draft to queued.
        """
        names = None if update_fields is None else list(update_fields)
        if self.is_copy:
            self.become_new((*SENT_FIELDS, *LINK_FIELDS))
            self.state, names = MessageState.DRAFT, None
        if self._state.adding and self.reference is None:
            self._insert(*args, update_fields=names, **kwargs)
            return
        if self._state.adding or args or kwargs.get("force_insert") or not _concerns_us(names):
            super().save(*args, update_fields=names, **kwargs)
            return
        database = kwargs.pop("using", None) or router.db_for_write(type(self), instance=self)
        with transaction.atomic(using=database):
            super().save(using=database, update_fields=self._changeable_fields(database, names), **kwargs)

    def _insert(self, *args: Any, using: str | None = None, **kwargs: Any) -> None:
        """Insert under the first reference of the intent that no other intent uses."""
        database = using or router.db_for_write(type(self), instance=self)
        for self.candidate in range(references.CANDIDATES):
            try:
                with transaction.atomic(using=database):
                    super().save(*args, using=database, **kwargs)
            except IntegrityError:
                is_last = self.candidate == references.CANDIDATES - 1
                if is_last or not self._lost_to_another_intent(database):
                    self.reference, self.candidate = None, 0
                    raise
                self.reference = None
            else:
                return

    def _lost_to_another_intent(self, database: str) -> bool:
        """Return whether a message with another intent has our reference; one erased since may have the same intent."""
        rows: Any = type(self)._base_manager.using(database)
        rows = rows.filter(reference=self.reference)
        if self.fallback_of_id is not None:
            rows = rows.exclude(fallback_of=self.fallback_of_id)
        elif self.campaign_id is not None:
            rows = rows.exclude(campaign=self.campaign_id, phone__startswith=ERASED_PREFIX)
        elif self.key is not None:
            rows = rows.exclude(key__in=[self.key, Intents(database).erased(self.key)])
        return bool(rows.exists())

    def _changeable_fields(self, database: str, names: list[str] | None) -> list[str]:
        stored = type(self)._base_manager.using(database).select_for_update().get(pk=self.pk)
        self._refuse_other_state(stored)
        self._refuse_changes(stored, [name for name in FIXED_FIELDS if name not in self.get_deferred_fields()])
        if stored.state == MessageState.DRAFT:
            return _with_its_moment(names) if names else [*SENT_FIELDS, *LINK_FIELDS, "state", "queued_at"]
        self._refuse_changes(stored, [name for name in SENT_FIELDS if name in (names or SENT_FIELDS)])
        return [*LINK_FIELDS] if names is None else [name for name in names if name != "state"]

    def _refuse_other_state(self, stored: Any) -> None:
        """Refuse a state set by code; a state that is merely older than the row's is ignored and not written."""
        was_read = self.read_state or (self.state if self.state in UNSENT_STATES else stored.state)
        is_queued_draft = was_read == MessageState.DRAFT and self.state == MessageState.QUEUED
        if self.state != was_read and not is_queued_draft:
            raise MessageChanged(
                f"Message {stored.reference} is {stored.state}: saving cannot make it {self.state}. Saving can only "
                "queue a draft; otherwise, only sending and the admin's actions change a message's state."
            )

    def _refuse_changes(self, stored: Any, names: Iterable[str]) -> None:
        changed = [name for name in names if getattr(self, name) != getattr(stored, name)]
        if changed:
            raise MessageChanged(
                f"Message {stored.reference} is {stored.state}: {', '.join(changed)} can no longer change. "
                "Make a new message with the new content instead."
            )


def _concerns_us(names: list[str] | None) -> bool:
    return names is None or any(name in (*SENT_FIELDS, *FIXED_FIELDS, "state") for name in names)


def _with_its_moment(names: list[str]) -> list[str]:
    return [*names, "queued_at"] if "state" in names and "queued_at" not in names else names
