"""An index that leaves out what has no value, where a database can."""

from typing import Any

import pytest
from django.db import connection

from viber_messaging.models import Message, SendAttempt
from viber_messaging.models.database.indexes import NO_INDEX

SPARSE = ("viber_message_about", "viber_message_campaign", "viber_message_recipient")


@pytest.mark.parametrize("name", SPARSE)
def test_it_holds_only_rows_that_have_the_field_where_the_database_has_such_indexes(name: str):
    (index,) = [index for index in Message._meta.indexes if index.name == name]
    statement = str(index.create_sql(Message, connection.SchemaEditorClass(connection, collect_sql=True)))
    assert ("IS NOT NULL" in statement) == connection.features.supports_partial_indexes


@pytest.mark.parametrize("name", ["viber_message_code", "viber_message_msg_id"])
def test_it_leaves_out_the_common_value_where_each_index_is_written_with_each_change(name: str):
    (index,) = [index for index in Message._meta.indexes if index.name == name]
    statement = str(index.create_sql(Message, connection.SchemaEditorClass(connection, collect_sql=True)))
    assert ("NOT (" in statement) == (connection.vendor == "postgresql")


@pytest.mark.parametrize(
    ("model", "name", "condition"),
    [(Message, "viber_message_single", "IS NULL"), (SendAttempt, "viber_attempt_outcome", "NOT (")],
)
def test_it_holds_only_the_rows_of_its_condition_or_is_not_made(model: Any, name: str, condition: str):
    (index,) = [index for index in model._meta.indexes if index.name == name]
    editor = connection.SchemaEditorClass(connection, collect_sql=True)
    editor.deferred_sql = []
    made, removed = str(index.create_sql(model, editor)), str(index.remove_sql(model, editor))
    if connection.features.supports_partial_indexes:
        assert condition in made
        assert "DROP INDEX" in removed
    else:
        assert (made, removed) == (NO_INDEX, NO_INDEX)


def test_a_migration_makes_it_as_it_is():
    for index in (*Message._meta.indexes, *SendAttempt._meta.indexes):
        _path, _expressions, options = index.deconstruct()
        assert type(index)(**options) == index


def test_a_site_is_warned_of_nothing_where_there_are_no_such_indexes():
    assert not any(index.condition for model in (Message, SendAttempt) for index in model._meta.indexes)


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "sqlite", reason="others read a table of no rows without an index")
@pytest.mark.parametrize(
    ("name", "sought"),
    [
        ("campaign", {"campaign": 7}),
        ("about", {"about_id": "7"}),
        ("code", {"status_code": 203}),
        ("msg_id", {"msg_id": "7"}),
    ],
)
def test_it_serves_the_search_for_one_value(name: str, sought: dict[str, Any]):
    assert f"viber_message_{name}" in Message.objects.filter(**sought).explain()
