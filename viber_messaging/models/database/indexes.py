"""Partial indexes and expression indexes, for databases that support them."""

from collections.abc import Sequence
from typing import Any

from django.db import models
from django.db.backends.ddl_references import Statement
from django.db.models import Q, Value
from django.db.models.functions import Concat

NO_INDEX = "DO 0"
"""A MariaDB and MySQL statement that does nothing, because Django runs a statement for each index."""


def without_index(field: str) -> Concat:
    """Return a text field as an expression that has the same value, and that no index of the field serves."""
    return Concat(field, Value(""))


class SparseIndex(models.Index):
    """An index without the rows whose first field is null, so that writing those costs nothing.

    PostgreSQL, which writes every index with every change of a row, also leaves out the rows with the ``common`` value,
    which nobody searches for. SQLite would then never use the index: it can only infer that a value equal to something
    is not null. MariaDB and MySQL have no partial indexes and get a plain one; with Index.condition, Django would warn
    the site.
    """

    def __init__(self, *expressions: Any, common: Any = None, **options: Any) -> None:
        super().__init__(*expressions, **options)
        self.common = common

    def deconstruct(self) -> Any:
        """Return the arguments that a migration needs to recreate the index."""
        path, expressions, options = super().deconstruct()
        return path, expressions, options if self.common is None else {**options, "common": self.common}

    def create_sql(self, model: type[models.Model], schema_editor: Any, using: str = "", **kwargs: Any) -> Any:
        """Return the statement that creates it."""
        condition = self._condition(model, schema_editor.connection)
        if condition is None:
            return super().create_sql(model, schema_editor, using, **kwargs)
        partial = models.Index(fields=self.fields, name=self.name, condition=condition)
        return partial.create_sql(model, schema_editor, using, **kwargs)

    def _condition(self, model: type[models.Model], connection: Any) -> Q | None:
        if not connection.features.supports_partial_indexes:
            return None
        name, conditions = self.fields[0], list[Q]()
        if model._meta.get_field(name).null:
            conditions.append(Q(**{f"{name}__isnull": False}))
        if self.common is not None and connection.vendor == "postgresql":
            conditions.append(~Q(**{name: self.common}))
        return Q(*conditions) if conditions else None


class SparseUnique(models.UniqueConstraint):
    """A unique constraint without the rows whose field is null, if the database has partial indexes.

    Writing those rows then costs nothing. Elsewhere it is a plain constraint, for which nulls are distinct too.
    """

    def constraint_sql(self, model: Any, schema_editor: Any) -> Any:
        """Return the part of the CREATE TABLE statement."""
        partial = self._partial(schema_editor)
        return partial.constraint_sql(model, schema_editor) if partial else super().constraint_sql(model, schema_editor)

    def create_sql(self, model: Any, schema_editor: Any) -> Any:
        """Return the statement that creates it."""
        partial = self._partial(schema_editor)
        return partial.create_sql(model, schema_editor) if partial else super().create_sql(model, schema_editor)

    def remove_sql(self, model: Any, schema_editor: Any) -> Any:
        """Return the statement that removes it."""
        partial = self._partial(schema_editor)
        return partial.remove_sql(model, schema_editor) if partial else super().remove_sql(model, schema_editor)

    def _partial(self, schema_editor: Any) -> models.UniqueConstraint | None:
        if not schema_editor.connection.features.supports_partial_indexes:
            return None
        condition = Q(**{f"{name}__isnull": False for name in self.fields})
        return models.UniqueConstraint(fields=self.fields, name=self.name, condition=condition)


class PartialIndex(models.Index):
    """An index with only the rows that meet a condition; MariaDB and MySQL have no such indexes and get none.

    With Index.condition, Django would warn the site there. SQLite gets an index of other fields: it prefers an index
    that covers the query to a small one, and does not infer values from the condition.
    """

    def __init__(self, *expressions: Any, where: Q, on_sqlite: Sequence[str], **options: Any) -> None:
        super().__init__(*expressions, **options)
        self.where = where
        self.on_sqlite = list(on_sqlite)

    def deconstruct(self) -> Any:
        """Return the arguments that a migration needs to recreate the index."""
        path, expressions, options = super().deconstruct()
        return path, expressions, {**options, "where": self.where, "on_sqlite": self.on_sqlite}

    def create_sql(self, model: type[models.Model], schema_editor: Any, using: str = "", **kwargs: Any) -> Any:
        """Return the statement that creates it."""
        if not schema_editor.connection.features.supports_partial_indexes:
            return Statement(NO_INDEX)
        fields = self.on_sqlite if schema_editor.connection.vendor == "sqlite" else self.fields
        partial = models.Index(fields=fields, name=self.name, condition=self.where)
        return partial.create_sql(model, schema_editor, using, **kwargs)

    def remove_sql(self, model: type[models.Model], schema_editor: Any, **kwargs: Any) -> Any:
        """Return the statement that removes it."""
        if not schema_editor.connection.features.supports_partial_indexes:
            return Statement(NO_INDEX)
        return super().remove_sql(model, schema_editor, **kwargs)


class ExpressionIndex(models.Index):
    """An index on an expression over ``fields``.

    MariaDB has no such indexes and gets none, so it reads all rows; Django's own class would warn the site.
    """

    def __init__(self, *, expression: Any, **options: Any) -> None:
        super().__init__(**options)
        self.expression = expression

    def deconstruct(self) -> Any:
        """Return the arguments that a migration needs to recreate the index."""
        path, expressions, options = super().deconstruct()
        return path, expressions, {**options, "expression": self.expression}

    def create_sql(self, model: type[models.Model], schema_editor: Any, using: str = "", **kwargs: Any) -> Any:
        """Return the statement that creates it."""
        if not schema_editor.connection.features.supports_expression_indexes:
            return Statement(NO_INDEX)
        made = models.Index(self.expression, name=self.name)
        return made.create_sql(model, schema_editor, using, **kwargs)

    def remove_sql(self, model: type[models.Model], schema_editor: Any, **kwargs: Any) -> Any:
        """Return the statement that removes it."""
        if not schema_editor.connection.features.supports_expression_indexes:
            return Statement(NO_INDEX)
        return super().remove_sql(model, schema_editor, **kwargs)
