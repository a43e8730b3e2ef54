"""The action that deletes many, where a list of ours has one of its own."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest

from viber_messaging.admin.pages.base import BaseAdmin


class SelectionDeletingAdmin(BaseAdmin):
    """Has an action of its own that deletes many, which ``delete_selected`` is."""

    actions: Sequence[Any] = ("delete_selected",)

    def get_actions(self, request: HttpRequest, action_location: Any = None) -> dict[str, Any]:
        """Offer to delete many only where the site has not switched that off."""
        # Django 6.1 says where the actions will stand; the versions before it do not know the word.
        where = {} if action_location is None else {"action_location": action_location}
        actions: dict[str, Any] = super().get_actions(request, **where)
        if "delete_selected" not in [name for name, _action in self.admin_site.actions]:
            actions.pop("delete_selected", None)
        return actions
