"""The field for a picture file, beside the field for its link, in the forms of a message and of a campaign."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from viber_messaging.admin.picture.place import place_of
from viber_messaging.conf import conf

LINK = "image"
"""The field of the message, which takes a link."""
FIELD = "image_file"


class PictureInput(forms.FileInput):
    """An input for a file, whose script uploads it at once."""

    class Media:
        js = ["viber_messaging/picture.js"]


class UploadField(forms.FileField):
    """Says why an upload was not stored; what is stored has become a link before the form is judged."""

    def __init__(self, *, url: str, refusal: ValidationError | None) -> None:
        attrs = {"accept": "image/jpeg,image/png", "data-url": url, "data-busy-sentence": _("Uploading…")}
        super().__init__(label=_("Picture from a file"), required=False, widget=PictureInput(attrs), help_text=_help())
        self.refusal = refusal

    def clean(self, data: Any, initial: Any = None) -> None:
        """Return nothing. Raises the refusal, if there is one."""
        if self.refusal is not None:
            raise self.refusal


def form_with_upload(model_admin: Any, request: HttpRequest, written: Any) -> dict[str, type[forms.BaseForm]]:
    """Return the admin's form with the field, as an argument of its ``get_form``; nothing if it is not offered."""
    if not is_offered(model_admin, request, written):
        return {}
    refusal = getattr(request, "viber_picture_refusal", None)
    field = UploadField(url=model_admin.url_to("picture"), refusal=refusal)
    return {"form": type(model_admin.form.__name__, (model_admin.form,), {FIELD: field})}


def fieldsets_with_upload(
    model_admin: Any, request: HttpRequest, written: Any, fieldsets: Iterable[tuple[Any, Any]]
) -> list[tuple[Any, Any]]:
    """Return the fieldsets of a form, with the field after that for the link if it is offered."""
    if not is_offered(model_admin, request, written):
        return list(fieldsets)
    return [(title, {**options, "fields": _beside_link(options["fields"])}) for title, options in fieldsets]


def is_offered(model_admin: Any, request: HttpRequest, written: Any) -> bool:
    """Return whether the form of ``written``, or of something new, has the field."""
    may_write = written is None or model_admin.has_change_permission(request, written)
    return may_write and place_of(request) is not None


def _beside_link(names: Iterable[Any]) -> list[Any]:
    return [each for name in names for each in ((name, FIELD) if name == LINK else (name,))]


def _help() -> Any:
    sentence = _(
        "A JPEG or PNG file of at most {limit}. It is stored on this site; anybody who has its link can see it."
    )
    return format_lazy(sentence, limit=filesizeformat(conf.IMAGE_MAX_BYTES))
