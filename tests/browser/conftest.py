"""A real browser on a real site: Debian's chromium, driven by playwright."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.browser.looking import CHROMIUM, QUIET
from viber_messaging.models import Sender
from viber_messaging.sandbox import Sandbox


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    # Playwright's own event loop makes Django believe that its ORM is called from async code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield browser
        browser.close()


@pytest.fixture
def open_admin(chromium: Any, live_server: Any, django_user_model: Any, settings: Any) -> Iterator[Callable[..., Any]]:
    """Open a page of the admin as a superuser, in a language, a colour scheme and a width; fail on console errors.

    The site's content security policy allows nothing inline.
    """
    settings.MIDDLEWARE = ["tests.browser.policy.strict", *settings.MIDDLEWARE]
    django_user_model.objects.create_superuser("staff", password="staff")
    contexts: list[Any] = []
    complaints: list[str] = []

    def open_page(path: str, *, language: str = "en", scheme: str = "light", width: int = 1280) -> Any:
        context = chromium.new_context(locale=language, color_scheme=scheme, viewport={"width": width, "height": 900})
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.route("**/favicon.ico", lambda route: route.fulfill(status=204))
        page.goto(f"{live_server.url}/admin/login/?next=/admin/{path}")
        page.fill("#id_username", "staff")
        page.fill("#id_password", "staff")
        page.click("[type=submit]")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not complaints


@pytest.fixture
def site(gateway: Sandbox, configure: Callable[..., None]) -> Sandbox:
    """A site with one sender that sends each message in the request; most tests need no more."""
    configure(DISPATCH="inline")
    Sender.objects.create(name="Kvitka")
    return gateway


@pytest.fixture
def open_without_script(chromium: Any, live_server: Any, admin_user: Any) -> Iterator[Callable[[str], Any]]:
    """Open a page of the admin as a superuser, in a browser without JavaScript."""
    context = chromium.new_context(java_script_enabled=False)

    def open_page(path: str) -> Any:
        page = context.new_page()
        page.goto(f"{live_server.url}/admin/login/?next=/admin/{path}")
        page.fill("#id_username", "admin")
        page.fill("#id_password", "password")
        page.click("[type=submit]")
        return page

    yield open_page
    context.close()
