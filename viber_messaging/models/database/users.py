"""Links to the users of the site, who may live in another database."""

from typing import Any

from django.conf import settings
from django.db import models, router


def set_null_nearby(collector: Any, field: Any, sub_objs: Any, using: str) -> None:
    """Set the link to null, unless these rows live in another database than the deleted one.

    Otherwise Django would look for our tables in the user's database, and users could not be deleted. The link that
    remains leads nowhere.
    """
    if router.db_for_write(field.model) == using:
        models.SET_NULL(collector, field, sub_objs, using)


set_null_nearby.lazy_sub_objs = True  # type: ignore[attr-defined]


def link_to_user(verbose_name: Any, **options: Any) -> Any:
    """Return a field for the user who did something, which may be empty."""
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        db_constraint=False,
        null=True,
        on_delete=set_null_nearby,
        related_name="+",
        verbose_name=verbose_name,
        **options,
    )
