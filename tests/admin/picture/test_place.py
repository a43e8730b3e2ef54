"""Where pictures are stored, and whether the gateway could load them from there."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import InMemoryStorage, Storage
from django.test import RequestFactory

from tests.admin.picture.conftest import JPEG, MEDIA_URL, PNG, picture
from viber_messaging.admin.picture.place import FOLDER, Place, is_public, place_of

IN_MEMORY = "django.core.files.storage.InMemoryStorage"


def place(host: str = "shop.kvitka.ua", *, is_secure: bool = True) -> Place | None:
    return place_of(RequestFactory().get("/", secure=is_secure, SERVER_NAME=host))


def usable() -> Place:
    found = place()
    assert found is not None
    return found


@pytest.fixture(autouse=True)
def _hosts(settings: Any) -> None:
    """The site answers to every host."""
    settings.ALLOWED_HOSTS = ["*"]


def test_a_link_is_absolute_and_its_name_is_not_the_uploaders(media: Path):
    link = usable().keep(picture(JPEG, "Олена 1990.html"), ".jpg")
    assert re.fullmatch(rf"{MEDIA_URL}{FOLDER}/[a-p]{{32}}\.jpg", link)
    assert (media / link.removeprefix(MEDIA_URL)).read_bytes() == JPEG


def test_the_same_picture_has_one_link_and_another_one_another(media: Path, stored: Callable[[], list[str]]):
    links = [usable().keep(picture(content), ".png") for content in (PNG, PNG, PNG + b"1")]
    assert links[0] == links[1] != links[2]
    assert len(stored()) == 2


def test_nobody_can_guess_a_name_who_has_the_picture_alone(media: Path, settings: Any):
    link = usable().keep(picture(), ".jpg")
    settings.SECRET_KEY = "of another site"
    assert usable().keep(picture(), ".jpg") != link


def test_what_is_stored_is_not_written_again(media: Path, stored: Callable[[], list[str]]):
    usable().keep(picture(), ".jpg")
    file = media / stored()[0]
    before = file.stat().st_mtime_ns
    usable().keep(picture(), ".jpg")
    assert file.stat().st_mtime_ns == before


def test_a_part_that_was_left_by_a_full_disk_is_replaced(media: Path, stored: Callable[[], list[str]]):
    link = usable().keep(picture(), ".jpg")
    (media / stored()[0]).write_bytes(JPEG[:10])
    assert usable().keep(picture(), ".jpg") == link
    assert (media / stored()[0]).read_bytes() == JPEG


class Racing(InMemoryStorage):
    """A storage in which somebody else stores the same picture a moment earlier."""

    def save(self, name: Any, content: Any, max_length: int | None = None) -> str:
        """Store it twice, the second time as the loser of the race."""
        super().save(name, content, max_length)
        return super().save(name, content, max_length)


def test_two_who_store_the_same_picture_at_once_get_one_link(settings: Any):
    request, storage = RequestFactory().get("/"), Racing(base_url=MEDIA_URL)
    link = Place(storage=storage, request=request).keep(picture(), ".jpg")
    assert re.fullmatch(rf"{MEDIA_URL}{FOLDER}/[a-p]{{32}}\.jpg", link)
    assert len(storage.listdir(FOLDER)[1]) == 1


class Renaming(InMemoryStorage):
    """A storage that names files as it likes."""

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        """Return another name."""
        return f"{name.rpartition('.')[0]}-1.jpg"


def test_a_storage_may_name_the_file_as_it_likes():
    found = Place(storage=Renaming(base_url=MEDIA_URL), request=RequestFactory().get("/"))
    assert found.keep(picture(), ".jpg").endswith("-1.jpg")


class Recording(InMemoryStorage):
    """A storage that notes under which type it would serve a file."""

    kinds: list[Any] = []

    def _save(self, name: Any, content: Any) -> str:
        self.kinds.append(getattr(content, "content_type", None))
        return str(super()._save(name, content))  # type: ignore[misc]


def test_the_type_that_the_browser_named_does_not_reach_the_storage():
    found = Place(storage=Recording(base_url=MEDIA_URL), request=RequestFactory().get("/"))
    found.keep(picture(kind="text/html"), ".jpg")
    assert Recording.kinds == [None]


@pytest.mark.parametrize(("url", "host"), [("/media/", "shop.kvitka.ua"), ("media/", "203.0.114.7"), (MEDIA_URL, "x")])
def test_a_site_with_a_public_host_or_public_media_has_a_place(media: Path, settings: Any, url: str, host: str):
    settings.MEDIA_URL = url
    found = place(host)
    assert found is not None
    expected = MEDIA_URL if url == MEDIA_URL else f"https://{host}/media/"
    assert found.link_to("a.png") == f"{expected}a.png"


@pytest.mark.parametrize(
    "host",
    ["localhost", "127.0.0.1", "[::1]", "10.0.0.7", "192.168.1.5", "169.254.1.1", "[fd00::1]", "intranet", "shop.local",
     "shop.localhost", "shop.internal", "shop.test", "shop.lan", "shop.local."],
)  # fmt: skip
def test_a_host_that_only_this_network_knows_is_no_place(media: Path, settings: Any, host: str):
    settings.MEDIA_URL = "/media/"
    assert place(host) is None
    settings.MEDIA_URL = f"https://{host}/media/"
    assert place() is None


def test_a_host_without_tls_is_no_place(media: Path, settings: Any):
    settings.MEDIA_URL = "/media/"
    assert place(is_secure=False) is None
    settings.MEDIA_URL = "http://media.kvitka.ua/"
    assert place() is None


def test_djangos_own_defaults_are_no_place(settings: Any, tmp_path: Path):
    settings.MEDIA_ROOT, settings.MEDIA_URL = "", MEDIA_URL
    assert place() is None
    settings.MEDIA_ROOT, settings.MEDIA_URL = tmp_path, ""
    assert place() is None


@pytest.mark.parametrize("name", [None, "", "missing", 7])
def test_a_storage_that_is_off_or_wrong_is_no_place(media: Path, configure: Callable[..., None], name: Any):
    assert place() is not None
    configure(IMAGE_STORAGE=name)
    assert place() is None


def test_the_storage_is_the_one_that_the_setting_names(media: Path, settings: Any, configure: Callable[..., None]):
    options = {"base_url": "https://bucket.kvitka.ua/"}
    settings.STORAGES = {**settings.STORAGES, "bucket": {"BACKEND": IN_MEMORY, "OPTIONS": options}}
    configure(IMAGE_STORAGE="bucket")
    assert usable().keep(picture(), ".jpg").startswith("https://bucket.kvitka.ua/viber/")


class Linkless(Storage):
    """A storage whose files have no links."""


def test_a_storage_without_links_is_no_place(settings: Any):
    settings.STORAGES = {**settings.STORAGES, "default": {"BACKEND": f"{__name__}.Linkless"}}
    assert place() is None


@pytest.mark.parametrize(
    "link",
    ["https://user:word@media.kvitka.ua/a.png", "https://media.kvitka.ua/a.png?X-Amz-Expires=3600",
     "https://media.kvitka.ua/a", "ftp://media.kvitka.ua/a.png", "https://[/a.png", ""],
)  # fmt: skip
def test_a_link_that_expires_or_that_a_phone_cannot_open_is_not_public(link: str):
    assert not is_public(link)
