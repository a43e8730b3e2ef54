"""A picture that is chosen from the disk is seen on the phone before anything is saved."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import viber_messaging.sandbox
from viber_messaging.models import Message, RecipientGroup, Sender

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PICTURE = (Path(viber_messaging.sandbox.__file__).parent / "picture.png").read_bytes()
MEDIA_URL = "https://media.kvitka.ua/"
RIGHT = {"name": "букет.png", "mimeType": "image/png", "buffer": PICTURE}
WRONG = {"name": "букет.png", "mimeType": "image/png", "buffer": b"<svg/>"}


@pytest.fixture(autouse=True)
def _media(settings: Any, tmp_path: Path) -> None:
    """The site has media with a public address."""
    settings.MEDIA_ROOT, settings.MEDIA_URL = tmp_path, MEDIA_URL
    Sender.objects.create(name="Kvitka")
    RecipientGroup.objects.create(name="Постійні покупці")


@pytest.fixture(params=["message", "campaign"])
def page(request: Any, open_admin: Callable[..., Any], tmp_path: Path) -> Any:
    """A new message or campaign with a picture."""
    return new(open_admin, request.param, tmp_path)


def new(open_admin: Callable[..., Any], kind: str, media: Path) -> Any:
    """Open the form; what is in the folder of media can be loaded."""
    opened = open_admin(f"viber_messaging/{kind}/add/")
    opened.route(f"{MEDIA_URL}**", lambda route: route.fulfill(path=media / route.request.url[len(MEDIA_URL) :]))
    opened.check("#id_type input[value=image]")
    return opened


@contextmanager
def uploads(page: Any) -> Iterator[list[str]]:
    """Note the addresses to which a file is posted."""
    found: list[str] = []
    page.on("request", lambda asked: found.append(asked.url) if "image_file" in (asked.post_data or "") else None)
    yield found


def test_a_chosen_picture_is_uploaded_once_and_seen_on_the_phone(page: Any):
    with uploads(page) as found:
        page.set_input_files("#id_image_file", RIGHT)
        page.wait_for_selector(f"img.viber-bubble-image[src^='{MEDIA_URL}viber/']")
        page.fill("#id_text", "Привіт")
        page.wait_for_selector(".viber-bubble-text:text('Привіт')")
    assert [address.rpartition("/picture/")[1] for address in found] == ["/picture/"]
    assert page.input_value("#id_image").startswith(f"{MEDIA_URL}viber/")
    assert page.input_value("#id_image_file") == ""
    assert page.inner_text("#viber-note-image_file") == ""


def test_a_wrong_file_is_told_beside_it_and_leaves_the_link(page: Any):
    page.fill("#id_image", "https://media.kvitka.ua/a.png")
    page.set_input_files("#id_image_file", WRONG)
    page.wait_for_selector("#viber-note-image_file.viber-note-bad:text('not a picture')")
    assert page.input_value("#id_image") == "https://media.kvitka.ua/a.png"
    assert page.input_value("#id_image_file") == ""


def test_a_text_has_no_place_for_a_picture(page: Any):
    assert page.is_visible("#id_image_file")
    page.check("#id_type input[value=text]")
    assert not page.is_visible("#id_image_file")
    assert page.is_disabled("#id_image_file")


def test_without_a_network_the_picture_waits_for_the_form(open_admin: Callable[..., Any], tmp_path: Path):
    page = new(open_admin, "message", tmp_path)
    page.evaluate("() => { window.fetch = () => Promise.reject(new TypeError('no network')); }")
    page.set_input_files("#id_image_file", RIGHT)
    page.wait_for_selector("#viber-note-image_file:text-is('')", state="attached")
    page.fill("#id_phone", "0971234567")
    page.fill("#id_text", "Привіт")
    with page.expect_navigation():
        page.click("[name=_save]")
    assert Message.objects.get().image.startswith(f"{MEDIA_URL}viber/")
