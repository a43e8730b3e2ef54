"""Downloads of spreadsheets, written completely before the first byte is sent, so that none ends halfway."""

import tempfile
from collections.abc import Callable
from typing import IO, Any

from django.db.models import Model
from django.http import FileResponse
from import_export.signals import post_export

from viber_messaging.exports import Format


def download(write: Callable[[IO[bytes]], Any], name: str, format: Format) -> FileResponse:  # noqa: A002
    """Return what ``write`` writes to a binary file, to be saved under ``name`` and the format's ending."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 (the response closes it)
    try:
        write(file)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{name}.{format}", content_type=format.content_type)


def export(
    write: Callable[[IO[bytes]], Any],
    name: str,
    format: Format,  # noqa: A002
    *,
    model: type[Model],
) -> FileResponse:
    """Return such a file for a model's rows, and send django-import-export's signal."""
    answer = download(write, name, format)
    post_export.send_robust(sender=None, model=model)
    return answer
