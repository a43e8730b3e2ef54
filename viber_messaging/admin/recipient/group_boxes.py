"""Groups as checkboxes, each with the number of people in it who can receive messages."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.forms.models import ModelChoiceIterator
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from viber_messaging.admin.pages.address import KeysField
from viber_messaging.statistics.groups import measure


class GroupBoxes(forms.CheckboxSelectMultiple):
    """Checkboxes in a box that scrolls; a script adds a search if there are many."""

    option_inherits_attrs = False

    def optgroups(self, name: str, value: Any, attrs: Any = None) -> Any:
        """Return the boxes, the checked ones first, because the others may be hundreds."""
        boxes = super().optgroups(name, value, attrs)
        return sorted(boxes, key=lambda box: not box[1][0]["selected"])


class MeasuredGroups(ModelChoiceIterator):  # type: ignore[type-arg]
    """The choices of the field, counted together."""

    def __iter__(self) -> Iterator[Any]:
        groups = list(self.queryset)
        measure(groups)
        yield from map(self.choice, groups)


class GroupsField(KeysField):
    """A choice of groups by checkboxes."""

    iterator = MeasuredGroups

    def label_from_instance(self, obj: Any) -> str:
        """Return the group's name, and how many people in it can receive messages."""
        count = number_format(obj.people - obj.opted_out, use_l10n=True, force_grouping=True)
        return format_html('{} <span class="viber-head-count">{}</span>', obj.name, count)


def as_boxes(field: Any) -> GroupsField:
    """Return the field with checkboxes instead of Django's two boxes."""
    return GroupsField(field.queryset, widget=boxes(field.label), label=field.label, required=field.required)


def boxes(label: Any) -> GroupBoxes:
    """Return the checkboxes for groups."""
    about_all = {"class": "viber-groups", "role": "group", "aria-label": label}
    return GroupBoxes({**about_all, "data-search": _("Search for a group")})
