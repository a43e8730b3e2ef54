"""Limit an upload while it arrives, so that a file that is too large does not fill the disk."""

from typing import Any

from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest

from viber_messaging.conf import conf


class BoundedUploadHandler(FileUploadHandler):
    """Skips the rest of a file that is larger than IMPORT_MAX_BYTES, and records that on the handler."""

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        self.limit = conf.IMPORT_MAX_BYTES
        self.count = 0
        self.was_exceeded = False

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Pass a chunk on to Django's own handlers while the file is small enough."""
        self.count += len(raw_data)
        if self.count > self.limit:
            self.was_exceeded = True
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> Any:
        """Return None, to leave the file to the next handler."""
        return None


def bound_uploads(request: HttpRequest) -> BoundedUploadHandler:
    """Limit the files of ``request``; call it before its POST is read."""
    handler = BoundedUploadHandler(request)
    request.upload_handlers.insert(0, handler)
    return handler
