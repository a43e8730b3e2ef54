"""Very many rows of one kind, written as plain SQL: making each as an object takes far longer than what is tested."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection
from django.db.models import Field, Model


def copy(row: Model, count: int, **varied: Sequence[object]) -> None:
    """Copy a saved row so that there are ``count`` of it; a field that is named takes the next value in each copy.

    What must differ and is a number, such as ``reference``, counts on by itself.
    """
    fields = [field for field in row._meta.local_concrete_fields if not field.primary_key and not field.generated]
    row.refresh_from_db()
    counted = {field.attname: range(value(row, field), value(row, field) + count) for field in fields if counts(field)}
    columns = [column(field, row, count, {**counted, **varied}) for field in fields]
    names = ", ".join(connection.ops.quote_name(field.column) for field in fields)
    places = ", ".join(["%s"] * len(fields))
    table = connection.ops.quote_name(row._meta.db_table)
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({places})", list(zip(*columns, strict=True))[1:])


def counts(field: "Field[Any, Any]") -> bool:
    return field.unique and "Integer" in field.get_internal_type()


def value(row: Model, field: "Field[Any, Any]") -> Any:
    return getattr(row, field.attname)


def column(field: "Field[Any, Any]", row: Model, count: int, varied: Mapping[str, Sequence[object]]) -> list[object]:
    """Return the stored values of this field for all rows. The first row is stored already."""
    if field.attname in varied:
        return [field.get_db_prep_save(one, connection) for one in varied[field.attname]]
    return [field.get_db_prep_save(value(row, field), connection)] * count
