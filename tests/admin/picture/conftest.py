"""A site whose media the gateway can load, and pictures as browsers upload them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF" + b"j" * 100
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + b"p" * 100
MEDIA_URL = "https://media.kvitka.ua/files/"


@pytest.fixture
def media(settings: Any, tmp_path: Path) -> Path:
    """Give the site a public address for media; return their folder."""
    settings.MEDIA_ROOT, settings.MEDIA_URL = tmp_path, MEDIA_URL
    return tmp_path


@pytest.fixture
def stored(media: Path) -> Callable[[], list[str]]:
    """Name the files in the folder of media."""
    return lambda: sorted(path.relative_to(media).as_posix() for path in media.rglob("*") if path.is_file())


def picture(content: bytes = JPEG, name: str = "Олена 1990.html", kind: str = "text/html") -> SimpleUploadedFile:
    """Return an upload whose name and type are wrong unless the test says otherwise."""
    return SimpleUploadedFile(name, content, kind)
