"""What an uploaded file is told by."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import TemporaryUploadedFile

from tests.admin.picture.conftest import JPEG, PNG, picture
from viber_messaging.admin.picture.content import HEAD_BYTES, ending_of


@pytest.mark.parametrize(("content", "ending"), [(JPEG, ".jpg"), (PNG, ".png")])
@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.svg", "a"])
def test_the_content_says_what_a_picture_is_and_its_name_does_not(content: bytes, ending: str, name: str):
    assert ending_of(picture(content, name)) == ending


@pytest.mark.parametrize(
    "content",
    [
        b"GIF89a" + b"g" * 100,
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"<!doctype html><script>alert(1)</script>",
        b"RIFF\x00\x00\x00\x00WEBPVP8 ",
        b"%PDF-1.7",
        b"\x00\xff\xd8\xff",
        b"\xff\xd8",
        b"PNG\r\n\x1a\n",
    ],
)
def test_anything_else_is_refused_whatever_its_name_and_type(content: bytes):
    with pytest.raises(ValidationError, match="not a picture in the format JPEG or PNG"):
        ending_of(picture(content, "a.png", "image/png"))


def test_a_picture_as_large_as_the_limit_passes_and_one_byte_more_does_not(configure: Callable[..., None]):
    configure(IMAGE_MAX_BYTES=len(JPEG))
    assert ending_of(picture(JPEG)) == ".jpg"
    with pytest.raises(ValidationError, match="larger than 110"):
        ending_of(picture(JPEG + b"1"))


class Unread(TemporaryUploadedFile):
    """A file on the disk that counts what is read of it."""

    count = 0

    def read(self, size: int = -1) -> Any:
        """Read at most ``size`` bytes, or everything."""
        self.count += self.size if size < 0 else size  # type: ignore[operator]
        return b"\xff\xd8\xff"


def test_a_large_file_is_not_read_to_be_judged(configure: Callable[..., None]):
    with Unread("large.jpg", "image/jpeg", 10**9, None) as large:
        with pytest.raises(ValidationError, match="larger than"):
            ending_of(large)
        assert large.count == 0
        configure(IMAGE_MAX_BYTES=10**9)
        assert ending_of(large) == ".jpg"
        assert large.count == HEAD_BYTES
