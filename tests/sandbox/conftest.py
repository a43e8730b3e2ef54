"""A sandbox and a hand to write to it with: plain requests and hand-written XML, nothing of our codec."""

from collections.abc import Callable, Iterator
from xml.sax.saxutils import escape

import pytest
import requests

from viber_messaging.sandbox import Sandbox

NOW = 1_764_000_000.0  # 2025-11-24 18:00 in Kyiv


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(silence_seconds=0.2, slow_seconds=0.05, clock=lambda: NOW) as sandbox:
        yield sandbox


@pytest.fixture
def session() -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.trust_env = False
        yield session


Post = Callable[..., requests.Response]


@pytest.fixture
def post(sandbox: Sandbox, session: requests.Session) -> Post:
    def post(*elements: str, key: str = "sandbox") -> requests.Response:
        body = f'<package key="{key}">{"".join(elements)}</package>'
        return session.post(sandbox.url, data=body.encode(), timeout=5, allow_redirects=False)

    return post


@pytest.fixture
def answer_to(post: Post) -> Callable[..., str]:
    """What stands inside the answer's package."""

    def answer_to(*elements: str, key: str = "sandbox") -> str:
        opening = '<?xml version="1.0" encoding="utf-8" ?>\n<package>'
        text = post(*elements, key=key).text
        assert text.startswith(opening)
        return text.removeprefix(opening).removesuffix("</package>")

    return answer_to


def msg(reference: object = 1, *, date_beg: str = "", **fields: str) -> str:
    """One message as the documents write it; a field given as an empty string is left out."""
    wanted = {"phone": "+380971234567", "sender": "SMSTest", "type": "text", "text": "Hello", **fields}
    children = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in wanted.items() if value)
    date = f' date_beg="{date_beg}"' if date_beg else ""
    return f'<msg id="{reference}"{date}>{children}</msg>'


def send(*messages: str) -> str:
    return f"<message-viber>{''.join(messages)}</message-viber>"


def ask(*ids: int) -> str:
    return "<status>" + "".join(f'<msg id="{reference}"></msg>' for reference in ids) + "</status>"
