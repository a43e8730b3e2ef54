"""The pages stand in an admin that is dressed by somebody else."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.browser import pages
from tests.browser.host import PASSWORD
from tests.browser.looking import fits

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parent.parent.parent
SHOWN = {
    "": ".viber-dashboard .viber-chart svg",
    "message/": ".viber-state",
    "message/add/": "[name=_save], [name=_send], .viber-phone, [name=_test], #id_text",
    "campaign/": ".viber-stop-link a",
    "campaign/add/": "[name=_review] >> nth=0",
    "recipient/": "form button >> text=Export",
    "recipient/import/": "#id_file, .submit-row input",
    "recipient/opt-out-list/": "#id_numbers, .submit-row input",
    "recipientgroup/": '#action-toggle, a[href*="/recipientgroup/add/"]',
}
"""By page, what has to be seen there."""


@pytest.fixture(params=["unfold", "jazzmin"])
def address(request: Any) -> Iterator[str]:
    pytest.importorskip(request.param)
    command = [sys.executable, "-m", "tests.browser.host", request.param]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as host:
        assert host.stdout is not None
        yield host.stdout.readline().strip()
        host.communicate()


@pytest.fixture
def open_page(chromium: Any, address: str) -> Iterator[Callable[..., Any]]:
    """Log in, at a width; fail on errors of the console. What the theme asks of other hosts is given as empty."""
    contexts: list[Any] = []
    complaints: list[str] = []

    def open_at(width: int) -> Any:
        context = chromium.new_context(locale="en", viewport={"width": width, "height": 900})
        contexts.append(context)
        page = context.new_page()
        page.route(lambda url: urlsplit(url).hostname != "127.0.0.1", lambda route: route.fulfill(status=204))
        page.route("**/favicon.ico", lambda route: route.fulfill(status=204))
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{address}/admin/login/?next=/admin/viber_messaging/")
        page.fill("[name=username]", "staff")
        page.fill("[name=password]", PASSWORD)
        with page.expect_navigation():
            page.click("[type=submit]")
        return page

    yield open_at
    for context in contexts:
        context.close()
    assert not complaints


@pytest.mark.parametrize("width", [360, 1280])
def test_the_main_pages_stand_under_another_theme(open_page: Callable[..., Any], width: int):
    page = open_page(width)
    root = page.url
    for path, wanted in SHOWN.items():
        page.goto(root + path)
        for selector in wanted.split(", "):
            assert page.locator(selector).first.is_visible(), f"{selector} at {path}"
        assert fits(page), path


def test_a_draft_is_saved_and_a_campaign_reviewed_under_another_theme(open_page: Callable[..., Any]):
    page = open_page(1280)
    root = page.url
    page.goto(f"{root}message/add/")
    page.select_option("#id_sender", "Kvitka", force=True)
    page.fill("#id_phone", "097 123-45-67")
    page.fill("#id_text", "Hi")
    pages.press(page, "[name=_save]")
    assert page.locator("#id_text").input_value() == "Hi"
    page.goto(f"{root}campaign/")
    pages.press(page, "text=Весняна знижка")
    assert page.locator("#viber-progress .viber-bar").is_visible()
    assert fits(page)
