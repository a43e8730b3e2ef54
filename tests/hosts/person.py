"""A person before the admin of a running site: opens pages, fills their forms, presses what is written on buttons."""

import html
import re
from urllib.parse import urljoin

import requests

from tests.hosts.environments import Failed

FORM = re.compile(r"<form\b([^>]*)>(.*?)</form>", re.DOTALL)
FIELD = re.compile(r"<(input|button)\b([^>]*)>(?:\s*([^<]*?)\s*</button>)?", re.DOTALL)
ATTRIBUTE = re.compile(r'([\w-]+)="([^"]*)"')
INVISIBLE = re.compile(r"<(script|style)\b.*?</\1>|<[^>]+>", re.DOTALL)


class Person:
    """Keeps a session, the page that is open, and all that was read so far."""

    def __init__(self) -> None:
        self.session = requests.Session()
        self.page = ""
        self.address = ""
        self.has_read = ""
        self.steps: set[str] = set()
        """What was done, and once what was done again while waiting."""

    def opens(self, address: str) -> None:
        """Open a page."""
        self.steps.add(address)
        self._look(self.session.get(urljoin(self.address, address), timeout=30))

    def follows(self, words: str) -> None:
        """Follow the link that says so."""
        for link in re.finditer(r"<a\b([^>]*)>(.*?)</a>", self.page, re.DOTALL):
            if read(link[2]) == words:
                self.opens(html.unescape(dict(ATTRIBUTE.findall(link[1]))["href"]))
                return
        raise Failed(f"{self.address} has no link that says {words}.")

    def presses(self, words: str, **fields: str) -> None:
        """Fill the fields, and press the button that says so."""
        self.steps.add(f"{words} {fields}")
        for attributes, content in FORM.findall(self.page):
            form = dict(ATTRIBUTE.findall(attributes))
            if button := _button(self.page, content, form.get("id", ""), words):
                action = button.get("formaction") or form.get("action") or self.address
                pressed = {button["name"]: html.unescape(button.get("value", ""))} if "name" in button else {}
                self._post(html.unescape(action), _filled(content) | pressed | fields)
                return
        raise Failed(f"{self.address} has no button that says {words}.")

    def sees(self, words: str) -> bool:
        """Tell whether the open page says so."""
        return words in read(self.page)

    def _post(self, address: str, fields: dict[str, str]) -> None:
        sent_from = {"Referer": self.address}
        self._look(self.session.post(urljoin(self.address, address), fields, headers=sent_from, timeout=30))

    def _look(self, response: requests.Response) -> None:
        if response.status_code != 200:
            raise Failed(f"{response.url} answered {response.status_code}.")
        self.page, self.address = response.text, response.url
        self.has_read += read(response.text) + "\n"


def read(page: str) -> str:
    """Return what a page says, and what stands on its buttons."""
    captions = re.sub(r'<input type="submit"[^>]*value="([^"]*)"[^>]*>', r" \1 ", page)
    return " ".join(html.unescape(INVISIBLE.sub(" ", captions)).split())


def _filled(form: str) -> dict[str, str]:
    """Return the fields of a form that have a value already."""
    inputs = [found[2] for found in FIELD.finditer(form) if found[1] == "input"]
    sent = [text for text in inputs if not re.search(r'type="(submit|radio|checkbox)"', text) or " checked" in text]
    fields = [{"value": "on" if " checked" in text else ""} | dict(ATTRIBUTE.findall(text)) for text in sent]
    return {field["name"]: html.unescape(field["value"]) for field in fields if "name" in field}


def _button(page: str, content: str, form: str, words: str) -> dict[str, str]:
    """Return the button of this form that says ``words``; nothing where it has none."""
    outside = [found for found in FIELD.finditer(page) if form and f'form="{form}"' in found[2]]
    for found in (*FIELD.finditer(content), *outside):
        button = dict(ATTRIBUTE.findall(found[2]))
        if button.get("type") == "submit" and words in {button.get("value"), found[3]}:
            return button
    return {}
