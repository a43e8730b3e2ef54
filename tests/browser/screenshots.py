"""The pictures of the README, made anew: ``python -m tests.browser.screenshots docs/screenshots`` (needs Pillow)."""

import io
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import sync_playwright

from tests.browser import pages
from tests.browser.host import PASSWORD
from tests.browser.looking import CHROMIUM, QUIET
from viber_messaging import sandbox

COLOURS = 96
SIZE = {"width": 1200, "height": 860}
PHONE = {"width": 390, "height": 760}
FLOWERS = "https://example.com/flowers.png"
PICTURE = Path(sandbox.__file__).with_name("picture.png")
TEXT = "Вітаємо, Олено!\n\nДо неділі *знижка 20 %* на всі _весняні букети_.\n~Доставка 80 грн~ Доставка безкоштовна."


def compose(page: Any, root: str) -> None:
    """Fill in a message with a picture and a button."""
    page.route(FLOWERS, lambda route: route.fulfill(path=PICTURE))
    page.goto(f"{root}message/add/")
    page.select_option("#id_sender", "Kvitka")
    page.fill("#id_phone", "097 123 45 00")
    page.check("#id_type input[value=button]")
    page.fill("#id_text", TEXT)
    page.fill("#id_image", FLOWERS)
    page.fill("#id_button", "До крамниці")
    page.fill("#id_url", "https://example.com/shop")
    page.wait_for_selector(".viber-bubble-button:text('До крамниці')")
    page.wait_for_timeout(800)


def preview_import(page: Any, root: str) -> None:
    """Show what an import would do."""
    page.goto(f"{root}recipient/import/")
    pages.upload(page)


def follow(name: str, *links: str) -> Callable[[Any, str], None]:
    """Open what the links lead to, one after the other."""

    def go(page: Any, root: str) -> None:
        page.goto(root + name)
        for link in links:
            pages.press(page, link)

    return go


SHOTS: Mapping[str, tuple[Callable[[Any, str], Any], dict[str, int], str]] = {
    "compose": (compose, SIZE, "light"),
    "dashboard": (lambda page, root: page.goto(root), SIZE, "light"),
    "message": (follow("message/?state__exact=read", "#result_list tbody tr:last-child th a"), PHONE, "dark"),
    "campaign": (follow("campaign/", "text=Весняна знижка"), SIZE, "dark"),
    "import": (preview_import, SIZE, "light"),
    "review": (follow("campaign/", "text=Літня колекція", "a[href$='/review/']"), SIZE, "light"),
}


def take(browser: Any, address: str, folder: Path) -> None:
    """Take every picture of a served site, in Ukrainian."""
    for name, (go, size, scheme) in SHOTS.items():
        context = browser.new_context(locale="uk", color_scheme=scheme, viewport=size, timezone_id="Europe/Kyiv")
        page = context.new_page()
        page.goto(f"{address}/admin/login/?next=/admin/viber_messaging/")
        page.fill("#id_username", "staff")
        page.fill("#id_password", PASSWORD)
        pages.press(page, "[type=submit]")
        go(page, f"{address}/admin/viber_messaging/")
        page.wait_for_load_state("load")
        page.evaluate("document.querySelector('.viber-story')?.scrollIntoView() ?? window.scrollTo(0, 0)")
        page.wait_for_timeout(500)
        save(page.screenshot(), folder / f"{name}.png")
        context.close()


def save(screenshot: bytes, path: Path) -> None:
    """Keep a picture in few colours, so that the repository stays small."""
    image = Image.open(io.BytesIO(screenshot)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    image.save(path, optimize=True)
    print(path, path.stat().st_size // 1024, "KB")


def main(folder: Path) -> None:
    """Serve a furnished site, take the pictures, and end it."""
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "tests.browser.host", "plain", "month"]
    with (
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as host,
        sync_playwright() as playwright,
    ):
        assert host.stdout is not None
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        take(browser, host.stdout.readline().strip(), folder)
        browser.close()
        host.communicate()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
