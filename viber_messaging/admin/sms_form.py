"""The SMS in the forms of a message and of a campaign, for users who may send SMS."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminTextInputWidget
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from viber_messaging.admin.permissions import may_send_sms
from viber_messaging.conf import conf
from viber_messaging.models import Sender
from viber_messaging.models.mixins.fallback import FALLBACK_FIELDS

TITLE = _("SMS, if Viber does not reach the recipient")

PARTS = _("Parts: {parts}. Characters: {places} of {room}.")


class SmsForm(forms.ModelForm):  # type: ignore[type-arg]
    """A form whose SMS fields, if the user may fill them in, say what they mean on this site."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "sms_text" in self.fields:
            self._count_parts()
            self.fields["sms_sender"].widget = _SuggestingInput(_active_senders())
            self.fields["sms_after"].widget.attrs["inputmode"] = "numeric"
            self._warn_of_two()

    def add_error(self, field: Any, error: Any) -> None:
        """Add the error, unless it is about an SMS that this form does not show and therefore does not change.

        A field whose value was refused is not also said to be missing.
        """
        if field is None and hasattr(error, "error_dict"):
            silent = set(FALLBACK_FIELDS) - self.fields.keys() | self.errors.keys()
            shown = {name: found for name, found in error.error_dict.items() if name not in silent}
            if not shown:
                return
            error = ValidationError(shown)
        super().add_error(field, error)

    def _count_parts(self) -> None:
        """Give the page's script what it says while the text is written."""
        counted = {"data-sms-parts": PARTS, "data-most-parts": conf.SMS_MAX_PARTS}
        self.fields["sms_text"].widget.attrs |= {"rows": 3, **counted}

    def _warn_of_two(self) -> None:
        if conf.SMS_MAY_DOUBLE:
            field = self.fields["sms_after"]
            field.help_text = format_lazy("{} {}", field.help_text, _("The message may arrive twice."))


class _SuggestingInput(AdminTextInputWidget):
    """A text input that suggests values, and accepts others."""

    def __init__(self, suggestions: Iterable[str]) -> None:
        super().__init__()
        self._suggestions = tuple(suggestions)

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """Return the input with its list of suggestions."""
        place = f"{name}-suggestions"
        shown = super().render(name, value, {**(attrs or {}), "list": place}, renderer)
        options = format_html_join("", '<option value="{}"></option>', ((each,) for each in self._suggestions))
        return format_html('{}<datalist id="{}">{}</datalist>', shown, place, options)


def sms_fieldset(request: HttpRequest, written: Any) -> list[tuple[Any, Mapping[str, Any]]]:
    """Return the section of the SMS as a list: folded if none is written, and empty if this user may not write one.

    Users who may not write an SMS see the one that somebody else wrote.
    """
    names = FALLBACK_FIELDS if may_send_sms(request) else sms_shown_only(request, written)
    is_folded = not (written is not None and written.sms_text)
    return [(TITLE, {"fields": names, "classes": ["collapse"] if is_folded else []})] if names else []


def sms_shown_only(request: HttpRequest, written: Any) -> tuple[str, ...]:
    """Return the filled SMS fields if this user may not change them."""
    if may_send_sms(request) or not carries_sms(written):
        return ()
    return tuple(name for name in FALLBACK_FIELDS if getattr(written, name))


def is_beyond(request: HttpRequest, written: Any) -> bool:
    """Return whether a message or campaign carries an SMS that this user may not send."""
    return carries_sms(written) and not may_send_sms(request)


def carries_sms(written: Any) -> bool:
    """Return whether this site would send an SMS for a message or campaign."""
    return conf.SMS and written is not None and bool(written.sms_text)


def _active_senders() -> list[str]:
    return list(Sender.objects.filter(is_active=True).values_list("name", flat=True))
