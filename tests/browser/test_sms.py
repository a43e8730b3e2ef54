"""The page counts the parts of an SMS as the server does, by the same examples."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from viber_messaging.models import Sender

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

EXAMPLES = json.loads((Path(__file__).parents[1] / "data" / "sms_parts.json").read_text())
COUNT = """([name, text]) => {
    const field = document.getElementById(name);
    field.value = text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    const { parts, places, encoding } = document.querySelector(".viber-sms-parts").dataset;
    return [encoding, Number(places), Number(parts)];
}"""


@pytest.mark.parametrize("kind", ["message", "campaign"])
def test_the_page_counts_every_example_as_the_server_does(open_admin: Callable[..., Any], kind: str):
    Sender.objects.create(name="Kvitka")
    page = open_admin(f"viber_messaging/{kind}/add/")
    page.wait_for_selector(".viber-sms-parts", state="attached")
    for example in EXAMPLES:
        text = example["text"] * example.get("times", 1)
        expected = [example["encoding"], example["places"], example["parts"]]
        assert page.evaluate(COUNT, ["id_sms_text", text]) == expected, example["name"]


def test_the_count_is_shown_and_the_phone_shows_the_sms(open_admin: Callable[..., Any]):
    Sender.objects.create(name="Kvitka")
    page = open_admin("viber_messaging/message/add/")
    page.click("details summary")
    page.fill("#id_sms_text", "ї" * 71)
    assert page.inner_text(".viber-sms-parts") == "Parts: 2. Characters: 71 of 134."
    page.wait_for_selector(".viber-bubble-sms")


def test_with_placeholders_only_the_server_counts(open_admin: Callable[..., Any]):
    Sender.objects.create(name="Kvitka")
    page = open_admin("viber_messaging/campaign/add/")
    page.click("details summary")
    page.fill("#id_sms_text", "Чекаємо, {name}")
    assert page.inner_text(".viber-sms-parts") == ""
    page.wait_for_selector("#viber-note-sms_text:text('Parts: 1.')")
