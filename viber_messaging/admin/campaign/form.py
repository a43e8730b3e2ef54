"""The form of a campaign."""

from typing import Any

from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from viber_messaging.admin.fields import sender_field, type_field
from viber_messaging.admin.recipient.group_boxes import as_boxes
from viber_messaging.admin.sms_form import SmsForm
from viber_messaging.conf import conf
from viber_messaging.delivery.storage import tables
from viber_messaging.models import Campaign
from viber_messaging.models.mixins.content import EXTRA_FIELDS
from viber_messaging.models.mixins.fallback import FALLBACK_FIELDS


class CampaignForm(SmsForm):
    """A campaign that has not been started."""

    class Meta:
        model = Campaign
        fields = (
            "name", "groups", "sender", "type", "text", *EXTRA_FIELDS,
            "start_at", "quiet_from", "quiet_until", *FALLBACK_FIELDS,
        )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "groups" in self.fields:
            self.fields["groups"] = as_boxes(self.fields["groups"])
            self.fields["groups"].help_text = _hint(self.fields["groups"])
        if "sender" in self.fields:
            self.fields["sender"] = sender_field(self.instance.sender)
            self.fields["type"] = type_field()
            self.initial["sender"] = self.initial.get("sender") or tables.senders().default_name()
            self.fields["text"].widget.attrs["rows"] = 6
            if "sms_text" in self.fields:
                self.fields["sms_text"].widget.attrs["data-placeholders"] = ""
            self._explain("start_at", timezone.get_current_timezone_name())
            self._explain("quiet_until", conf.TIME_ZONE)

    def _explain(self, name: str, zone: str) -> None:
        field = self.fields[name]
        field.help_text = format_lazy("{} {}", field.help_text, _("Time zone: %(zone)s.") % {"zone": zone})


def _hint(groups: Any) -> Any:
    """Return what the numbers mean, or where groups come from."""
    if not groups.queryset.exists():
        return _("There are no groups yet. Import a spreadsheet of recipients into a new group first.")
    return _("The number beside a group is how many people in it can receive messages.")
