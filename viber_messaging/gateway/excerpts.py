"""Excerpts of answers for a person to read: structure and codes, or some words if it is not the gateway's answer.

A gateway, or a proxy in front of it, may repeat the request: the key, and all phones and texts in the package.
"""

import html
import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote, unquote

EXCERPT_LENGTH = 200
_WINDOW = 4096
_CUT_OFF = 512
"""The characters dropped at the end of a longer text, because a secret that the window cut in two is not recognized."""

_ANSWER = re.compile(r"\s*(?:<\?xml[^<>]{0,200}\?>\s*)?<package[\s>/]")
_TAG_OR_TEXT = re.compile(r"<(/?)([a-z-]{0,20})[^<>]*?(/?)>|([^<>]+)")
_NAMES = frozenset({
    "package", "error", "message", "message-viber", "status", "delete", "msg", "balance", "amount", "currency",
    "prices", "phone",
})  # fmt: skip
"""The element names of the gateway's answers; any other name may be part of a text."""
_CODE = re.compile(r"-?[0-9]{1,4}")
_LONG_NUMBER = re.compile(r"\+?\d(?:[^\w<>]{0,3}\d){6,}")
_WORD = re.compile(r"\w{3,}")
_ESCAPED = re.compile(r"\\u([0-9A-Fa-f]{4})|\\x([0-9A-Fa-f]{2})|\\[nrtbf]")


def excerpt(body: bytes, *, key: str, sent: Iterable[str] = ()) -> str:
    """Return the first 200 printable characters of an answer on one line, without any content of the request.

    For a ``<package>``, only element names and codes are kept. For anything else the words are kept, except the key,
    numbers of 7 or more digits, and words in ``sent``, the values in the request.
    """
    text, is_cut = body[:_WINDOW].decode("utf-8", "replace").replace("\0", ""), len(body) > _WINDOW
    if _ANSWER.match(text):
        return _printable(_shape(text, is_cut=is_cut))[:EXCERPT_LENGTH]
    # Hide secrets first and cut then: cutting first would leave half of a secret.
    words = _words(text, key, sent)
    return _printable(words[:-_CUT_OFF] if is_cut else words)[:EXCERPT_LENGTH]


def _shape(text: str, *, is_cut: bool) -> str:
    parts = [_part(*found.groups()) for found in _TAG_OR_TEXT.finditer(text)]
    return "".join(parts[:-1] if is_cut else parts)


def _part(slash: str | None, name: str | None, end: str | None, words: str | None) -> str:
    if words is None:
        return f"<{slash}{name}{end}>" if name in _NAMES else "<…>"
    words = words.strip()
    return words if not words or _CODE.fullmatch(words) else "…"


def _words(text: str, key: str, sent: Iterable[str]) -> str:
    for spelt in _spellings(key):
        text = text.replace(spelt, "[key]")
    text = _plain(text)
    for spelt in filter(None, (key, _plain(key))):
        text = text.replace(spelt, "[key]")
    text = _LONG_NUMBER.sub("[number]", text)
    secret = {word.casefold() for value in sent for word in _WORD.findall(value)}
    return _WORD.sub(lambda found: "…" if found[0].casefold() in secret else found[0], text)


def _plain(text: str) -> str:
    """Return the text without the escapes of JSON, URLs and HTML, which may be nested."""
    for _depth in range(3):
        unescaped = html.unescape(unquote(_ESCAPED.sub(_character, text)))
        if unescaped == text:
            break
        text = unescaped
    return text


def _character(escape: re.Match[str]) -> str:
    """Return what an escape stands for; a space for white space, so that no word begins with the letter of ``\\n``."""
    code = escape[1] or escape[2]
    return chr(int(code, 16)) if code else " "


def _spellings(key: str) -> Iterator[str]:
    """Yield the spellings of a key, for keys that contain an escape sequence and would be changed by unescaping."""
    if key:
        yield from sorted({key, html.escape(key), quote(key, safe="")}, key=len, reverse=True)


def _printable(text: str) -> str:
    """Return the text on one line: each run of white space and control characters becomes one space."""
    line = " ".join(text.split())
    if not line.isprintable():
        line = " ".join("".join(character if character.isprintable() else " " for character in line).split())
    return line
