"""Backends for django-post_office: what sending through it costs at least."""

import os
from collections.abc import Sequence
from typing import Any

import requests
from django.core.mail.backends.base import BaseEmailBackend

PACKAGE = (
    '<?xml version="1.0" encoding="utf-8" ?>\n<package key="bench"><message-viber><msg id="{}"><phone>{}</phone>'
    "<sender>SMSTest</sender><type>text</type><text>{}</text></msg></message-viber></package>"
)


class Nothing(BaseEmailBackend):
    """Sends nothing."""

    def send_messages(self, email_messages: Sequence[Any]) -> int:
        """Say that all went out."""
        return len(email_messages)


class Posting(BaseEmailBackend):
    """POSTs each message alone, over a connection that stays open."""

    session: requests.Session | None = None

    def open(self) -> bool:
        """Begin a session, as post_office does once a thread."""
        self.session = self.session or requests.Session()
        return True

    def close(self) -> None:
        """End it."""
        if self.session:
            self.session.close()
        self.session = None

    def send_messages(self, email_messages: Sequence[Any]) -> int:
        """POST each."""
        self.open()
        assert self.session is not None
        for number, message in enumerate(email_messages, start=1):
            document = PACKAGE.format(number, message.to[0].partition("@")[0], message.body).encode()
            self.session.post(os.environ["BENCH_GATEWAY"], data=document, timeout=30).raise_for_status()
        return len(email_messages)
