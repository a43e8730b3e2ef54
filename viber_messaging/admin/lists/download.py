"""Spreadsheets handed to a browser: written whole before the first byte leaves, so that none ends half-way."""

import tempfile
from collections.abc import Callable
from typing import IO, Any

from django.http import FileResponse

from viber_messaging.exporting import Format


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
