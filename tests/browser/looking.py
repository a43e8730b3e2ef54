"""How a page looks, asked of the browser."""

from typing import Any


def fits(page: Any) -> bool:
    """Tell whether the page, once all its styles are there, is no wider than the window."""
    page.wait_for_load_state("load")
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))
