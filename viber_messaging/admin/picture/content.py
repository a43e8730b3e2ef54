"""What an uploaded file is, judged by its size and its first bytes; its name and type are only what a browser says."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from viber_messaging.conf import conf

BEGINNINGS: Mapping[bytes, str] = {b"\xff\xd8\xff": ".jpg", b"\x89PNG\r\n\x1a\n": ".png"}
"""The first bytes of a picture, and the ending of its name."""
HEAD_BYTES = max(map(len, BEGINNINGS))


def ending_of(upload: "UploadedFile[Any]") -> str:
    """Return the ending for a picture's name. Raises ValidationError if it is too large, or no picture."""
    if (upload.size or 0) > conf.IMAGE_MAX_BYTES:
        sentence = _("This file is larger than %(limit)s: choose a smaller picture.")
        raise ValidationError(sentence, code="large", params={"limit": filesizeformat(conf.IMAGE_MAX_BYTES)})
    upload.seek(0)
    head = upload.read(HEAD_BYTES)
    for beginning, ending in BEGINNINGS.items():
        if head.startswith(beginning):
            return ending
    raise ValidationError(_("This file is not a picture in the format JPEG or PNG, whatever its name."), code="kind")
