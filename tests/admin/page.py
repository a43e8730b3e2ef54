"""A page of the admin as a browser gets it: an empty answer and a refusal are none."""

from typing import Any

from django.test import Client

LANDMARK = '<main id="content-start"'
"""In whatever Django's base template of the admin shows."""


def page_of(client: Client, url: str, data: Any = None) -> str:
    """Return the page at an address; fails unless it is shown."""
    return shown(client.get(url, data))


def shown(response: Any) -> str:
    """Return the page of an answer; fails unless it is one."""
    assert response.status_code == 200
    page: str = response.content.decode()
    assert LANDMARK in page
    return page
