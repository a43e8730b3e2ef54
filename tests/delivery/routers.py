"""Sites with more than one database: a replica that lags behind, an archive."""

from typing import Any

REPLICA = "replica"


class ReadFromReplica:
    """Reads come from a replica that has seen nothing yet, unless a query names its database."""

    def db_for_read(self, model: Any, **hints: Any) -> str:
        return REPLICA

    def db_for_write(self, model: Any, **hints: Any) -> str:
        return "default"

    def allow_relation(self, *objects: Any, **hints: Any) -> bool:
        return True


class MessagesElsewhere:
    """Our tables live in a database of their own."""

    def db_for_read(self, model: Any, **hints: Any) -> str | None:
        return REPLICA if model._meta.app_label == "viber_messaging" else None

    db_for_write = db_for_read

    def allow_relation(self, *objects: Any, **hints: Any) -> bool:
        return True


class PeopleElsewhere:
    """The site sends people and their groups to another database than messages."""

    def db_for_read(self, model: Any, **hints: Any) -> str:
        return REPLICA if model._meta.model_name.startswith("recipient") else "default"

    db_for_write = db_for_read

    def allow_relation(self, *objects: Any, **hints: Any) -> bool:
        return True
