"""Somebody who wrote messages is deleted."""

from typing import Any

from django.contrib.auth.models import User

from viber_messaging.api import opt_out
from viber_messaging.models import ConsentChange, Message


def test_the_records_of_a_deleted_user_stay_without_the_name(configure: Any, transactional_db: None, make_message: Any):
    configure(DISPATCH="worker")
    user = User.objects.create(username="olena")
    make_message(created_by=user)
    opt_out("097 123-45-67", by=user)
    user.delete()
    assert Message.objects.get().created_by is None
    assert ConsentChange.objects.get().created_by is None


def test_users_in_another_database_can_be_deleted(
    configure: Any, settings: Any, transactional_db: None, make_message: Any
):
    configure(DISPATCH="worker")
    user = User.objects.create(username="olena")
    message = make_message(created_by=user)
    settings.DATABASE_ROUTERS = ["tests.models.database.test_users.Elsewhere"]
    user.delete()
    settings.DATABASE_ROUTERS = []
    message.refresh_from_db()
    assert message.created_by_id is not None


class Elsewhere:
    """Says that our tables are in another database, whose name nobody knows."""

    def db_for_write(self, model: Any, **hints: Any) -> str | None:
        return "elsewhere" if model._meta.app_label == "viber_messaging" else None
