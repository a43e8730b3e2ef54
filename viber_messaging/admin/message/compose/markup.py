"""Convert Viber's marks for bold, italic, strikethrough and monospace to HTML."""

import re

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

_MONO = re.compile(r"```(.+?)```", re.DOTALL)
_TAGS = {"*": "b", "_": "i", "~": "s"}


def _pair(mark: str) -> re.Pattern[str]:
    """Return a regex for a pair of marks; each side searches only up to the next mark that is not inside a word."""
    left, right = rf"(?<![\w{mark}])\{mark}(?=\S)", rf"(?<!\s)\{mark}(?![\w{mark}])"
    return re.compile(rf"{left}((?:[^\n{mark}]|(?<=\w)\{mark}(?=\w))+){right}")


_MARKED = [(_pair(mark), tag) for mark, tag in _TAGS.items()]


def to_html(text: str) -> SafeString:
    """Return a text as a phone shows it: escaped, with pairs of marks converted to tags."""
    plain_and_mono = _MONO.split(text)
    pieces = [
        f"<code>{escape(piece)}</code>" if index % 2 else _marked(escape(piece))
        for index, piece in enumerate(plain_and_mono)
    ]
    return mark_safe("".join(pieces))  # noqa: S308 (each piece is escaped above)


def _marked(html: str) -> str:
    for pattern, tag in _MARKED:
        html = pattern.sub(rf"<{tag}>\1</{tag}>", html)
    return html
