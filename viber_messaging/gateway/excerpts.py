"""What of an answer may be kept for a person to read."""

import html
import re
from urllib.parse import quote
from xml.sax.saxutils import escape

EXCERPT_LENGTH = 200
_WINDOW = 4096
_PHONE = re.compile(r"\+\d{7,15}|(?<!\d)380\d{9}(?!\d)")
_LONGEST_PHONE = 16


def excerpt(body: bytes, *, key: str) -> str:
    """Return the first 200 printable characters of an answer on one line, without the key and without phones."""
    forms = _forms(key)
    text = _printable(body[:_WINDOW].decode("utf-8", "replace").replace("\0", ""))
    for form in forms:
        text = text.replace(form, "[key]")
    text = _PHONE.sub("[phone]", text)
    if len(body) > _WINDOW:
        text = text[: -max([_LONGEST_PHONE, *map(len, forms)])]  # what the window cut in two was not recognised
    return text[:EXCERPT_LENGTH]


def _forms(key: str) -> list[str]:
    """Return the ways to write the key in XML, HTML and URLs, the longest first."""
    forms = {key, escape(key), escape(key, {'"': "&quot;", "'": "&apos;"}), html.escape(key), quote(key, safe="")}
    return sorted(forms - {""}, key=len, reverse=True)


def _printable(text: str) -> str:
    """Return the text on one line: each run of white space and control characters becomes one space."""
    line = " ".join(text.split())
    if not line.isprintable():
        line = " ".join("".join(character if character.isprintable() else " " for character in line).split())
    return line
