"""A picture file in the forms of a message and of a campaign: it becomes a link, once, and is never lost."""

import re
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import InMemoryStorage
from django.test import Client
from django.urls import reverse

from tests.admin.conftest import change_url
from tests.admin.page import shown
from tests.admin.picture.conftest import JPEG, MEDIA_URL, PNG, picture
from viber_messaging.models import Campaign, Message, RecipientGroup, Sender
from viber_messaging.sandbox import Sandbox

ADD, CAMPAIGN_ADD = "admin:viber_messaging_message_add", "admin:viber_messaging_campaign_add"
UPLOAD, CAMPAIGN_UPLOAD = "admin:viber_messaging_message_picture", "admin:viber_messaging_campaign_picture"
PAGES = [ADD, CAMPAIGN_ADD]
LINK = re.compile(rf"{MEDIA_URL}viber/[a-p]{{32}}\.(jpg|png)")

Form = Callable[..., dict[str, Any]]
Stored = Callable[[], list[str]]


@pytest.fixture
def writer(log_in: Callable[..., Client], sender: Sender) -> Client:
    """Someone who may write messages and campaigns, and send messages."""
    names = (f"{right}_{model}" for right in ("view", "add", "change") for model in ("message", "campaign"))
    return log_in(*names, "view_recipientgroup", "send_message", name="writer")


def page_after(client: Client, data: dict[str, Any], page: str = ADD) -> str:
    return unescape(shown(client.post(reverse(page), data, follow=True)))


def errors_of(page: str, name: str) -> str:
    """Return the errors in the row of a field."""
    row = page.partition(f"field-{name}")[2].partition("form-row")[0]
    return " ".join(re.findall(r"<li>([^<]+)</li>", row))


@pytest.mark.parametrize("page", PAGES)
def test_the_field_stands_after_that_for_the_link(media: Path, writer: Client, page: str):
    form = shown(writer.get(reverse(page)))
    assert form.index('name="image"') < form.index('name="image_file"') < form.index('name="button"')
    assert 'enctype="multipart/form-data"' in form
    assert "at most 5.0\xa0MB" in form


@pytest.mark.parametrize("page", PAGES)
def test_where_no_picture_can_be_uploaded_the_form_is_as_it_was(writer: Client, page: str):
    form = shown(writer.get(reverse(page)))
    assert "image_file" not in form
    assert "multipart" not in form
    assert "picture.js" not in form


def test_a_picture_is_stored_and_its_link_is_sent(
    media: Path, stored: Stored, writer: Client, form: Form, inline: Sandbox
):
    page_after(writer, form(type="image", image_file=picture(PNG), _send="1"))
    (message,) = Message.objects.all()
    assert LINK.fullmatch(message.image)
    assert stored() == [message.image.removeprefix(MEDIA_URL)]
    assert inline.accepted[message.reference].image == message.image


def test_a_picture_too_large_for_the_memory_is_stored_from_the_disk(
    media: Path, stored: Stored, writer: Client, form: Form, settings: Any
):
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 10
    page_after(writer, form(type="image", image_file=picture(JPEG * 1000), _save="1"))
    assert [(media / name).read_bytes() for name in stored()] == [JPEG * 1000]


def test_a_picture_replaces_the_link_that_was_there(media: Path, writer: Client, draft: Message, form: Form):
    link = "https://kvitka.ua/a.png"
    writer.post(change_url(draft), form(type="image", image=link, image_file=picture(), _save="1"))
    draft.refresh_from_db()
    assert LINK.fullmatch(draft.image)


def test_without_a_file_the_link_stays(media: Path, writer: Client, draft: Message, form: Form):
    link = "https://kvitka.ua/a.png"
    writer.post(change_url(draft), form(type="image", image=link, image_file="", _save="1"))
    draft.refresh_from_db()
    assert draft.image == link


def test_an_error_elsewhere_does_not_lose_the_picture(media: Path, stored: Stored, writer: Client, form: Form):
    page = page_after(writer, form(type="image", phone="12345", image_file=picture(), _save="1"))
    link = LINK.search(page)
    assert link
    assert f'name="image" value="{link[0]}"' in page
    assert f'<img class="viber-bubble-image" src="{link[0]}"' in page
    page_after(writer, form(type="image", image=link[0], _save="1"))
    assert Message.objects.get().image == link[0]
    assert len(stored()) == 1


def test_a_campaign_takes_a_picture_too(media: Path, writer: Client):
    group = RecipientGroup.objects.create(name="Friends")
    fields = {"name": "Spring", "groups": [group.pk], "sender": "SMSTest", "type": "image", "text": "Hello"}
    page = page_after(writer, {**fields, "groups": [], "image_file": picture()}, CAMPAIGN_ADD)
    link = LINK.search(page)
    assert link
    assert f'src="{link[0]}"' in page
    page_after(writer, {**fields, "image_file": picture()}, CAMPAIGN_ADD)
    campaign = Campaign.objects.get()
    assert campaign.image == link[0]
    page_after(writer, {**fields, "image_file": picture(PNG)}, CAMPAIGN_ADD)
    address = reverse("admin:viber_messaging_campaign_change", args=[campaign.pk])
    assert writer.post(address, {**fields, "image_file": picture(PNG)}).status_code == 302
    campaign.refresh_from_db()
    assert campaign.image.endswith(".png")


WRONG = {
    "not a picture in the format JPEG or PNG": picture(b"<svg onload='alert(1)'/>", "a.png", "image/png"),
    "The submitted file is empty.": picture(b"", "a.png"),
    "larger than 200": picture(JPEG * 2, "a.jpg"),
}


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("sentence", WRONG)
def test_a_wrong_file_is_told_at_its_field_and_not_stored(
    media: Path, stored: Stored, writer: Client, form: Form, configure: Callable[..., None], page: str, sentence: str
):
    configure(IMAGE_MAX_BYTES=200)
    WRONG[sentence].seek(0)
    fields = form(type="image", image="https://kvitka.ua/a.png", image_file=WRONG[sentence], _send="1")
    told = page_after(writer, fields, page)
    assert sentence in errors_of(told, "image_file")
    assert 'value="https://kvitka.ua/a.png"' in told
    assert stored() == []
    assert not Message.objects.exists()


def test_a_wrong_file_is_told_before_several_numbers_are_confirmed(
    media: Path, writer: Client, form: Form, inline: Sandbox
):
    fields = form(phone="097 123-45-67, 0501234567", image_file=picture(b"GIF89a"), _send="1", several="2")
    assert "not a picture" in errors_of(page_after(writer, fields), "image_file")
    assert not Message.objects.exists()


def test_several_numbers_get_the_picture(media: Path, stored: Stored, writer: Client, form: Form, inline: Sandbox):
    asked = page_after(writer, form(phone="097 123-45-67, 0501234567", type="image", image_file=picture(), _send="1"))
    hidden = dict(re.findall(r'<input type="hidden" name="(?!csrf)(\w+)" value="([^"]*)">', asked))
    assert LINK.fullmatch(hidden["image"])
    assert f'name="image" value="{hidden["image"]}"' in page_after(writer, hidden | {"_edit": "1"})
    page_after(writer, hidden | {"_send": "1"})
    assert [message.image for message in Message.objects.all()] == [hidden["image"]] * 2
    assert len(stored()) == 1


def test_a_form_with_a_picture_that_is_posted_twice_is_sent_once(
    media: Path, stored: Stored, writer: Client, form: Form, inline: Sandbox
):
    for _press in range(2):
        page = page_after(writer, form(type="image", image_file=picture(), _send="1", ticket="t" * 22))
    assert "Nothing was saved or sent twice." in page
    assert len(inline.accepted) == 1
    assert len(stored()) == 1


class Full(InMemoryStorage):
    """A storage that is full."""

    def _save(self, name: Any, content: Any) -> str:
        raise OSError(28, "No space left on device: /secret/folder")


def test_a_storage_that_fails_is_told_and_logged_and_loses_no_text(
    settings: Any, writer: Client, form: Form, caplog: pytest.LogCaptureFixture
):
    full = {"BACKEND": f"{__name__}.Full", "OPTIONS": {"base_url": MEDIA_URL}}
    settings.STORAGES = {**settings.STORAGES, "default": full}
    fields = form(type="image", image="https://kvitka.ua/a.png", text="Long text", image_file=picture(), _save="1")
    page = page_after(writer, fields)
    assert "could not be stored on this site" in errors_of(page, "image_file")
    assert "Long text" in page
    assert not Message.objects.exists()
    (record,) = [record for record in caplog.records if record.name.startswith("viber_messaging")]
    assert record.getMessage() == "A picture could not be stored (OSError)."
    assert record.viber_event == "picture_not_stored"  # type: ignore[attr-defined]


@pytest.mark.parametrize("page", [UPLOAD, CAMPAIGN_UPLOAD])
def test_the_page_uploads_a_chosen_picture_at_once(media: Path, stored: Stored, writer: Client, page: str):
    answer = writer.post(reverse(page), {"image_file": picture()})
    assert "no-store" in answer.headers["Cache-Control"]
    assert LINK.fullmatch(answer.json()["link"])
    assert stored() == [answer.json()["link"].removeprefix(MEDIA_URL)]


def test_the_page_says_what_is_wrong_with_a_chosen_file(media: Path, stored: Stored, writer: Client):
    answer = writer.post(reverse(UPLOAD), {"image_file": picture(b"GIF89a")}).json()
    assert answer["link"] == ""
    assert "not a picture" in answer["error"]
    assert writer.post(reverse(UPLOAD)).json()["error"] == "This field is required."
    assert stored() == []


def test_nothing_is_stored_by_those_who_may_not_write(
    media: Path, stored: Stored, log_in: Callable[..., Client], draft: Message, form: Form
):
    reader = log_in("view_message", "send_message", "view_campaign", "send_campaign", name="reader")
    for address in (*map(reverse, (UPLOAD, CAMPAIGN_UPLOAD, *PAGES)), change_url(draft)):
        assert reader.post(address, form(image_file=picture())).status_code == 403
    assert stored() == []
    assert "image_file" not in shown(reader.get(change_url(draft)))


def test_who_may_only_view_a_draft_of_a_campaign_sees_no_field(media: Path, log_in: Callable[..., Client]):
    campaign = Campaign.objects.create(name="Spring", sender="SMSTest", text="Hello")
    address = reverse("admin:viber_messaging_campaign_change", args=[campaign.pk])
    assert "image_file" not in shown(log_in("view_campaign", "add_campaign").get(address))


def test_nothing_is_stored_where_uploads_are_off(
    media: Path, stored: Stored, writer: Client, form: Form, configure: Callable[..., None]
):
    configure(IMAGE_STORAGE=None)
    answer = writer.post(reverse(UPLOAD), {"image_file": picture()}).json()
    assert answer == {"link": "", "error": "Pictures cannot be uploaded to this site: give a link instead."}
    page_after(writer, form(image_file=picture(), _save="1"))
    assert Message.objects.get().image == ""
    assert stored() == []


def test_nothing_is_stored_by_a_form_of_another_site(media: Path, stored: Stored, writer: Client, form: Form):
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = writer.cookies
    for page in (UPLOAD, CAMPAIGN_UPLOAD, *PAGES):
        assert strict.post(reverse(page), form(image_file=picture())).status_code == 403
    assert stored() == []
