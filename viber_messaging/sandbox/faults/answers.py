"""Faults of answers: each function takes the right answer and returns the wrong one."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from http import HTTPStatus

from viber_messaging.gateway.codes import RequestCode
from viber_messaging.sandbox.wire import responses
from viber_messaging.sandbox.wire.responses import Answer, Manner, Result

Rewrite = Callable[[Answer], Answer]
Rearrange = Callable[[Sequence[Result], Collection[str]], list[Result]]

HTML = "text/html; charset=utf-8"
DTD = b'<!DOCTYPE package [<!ENTITY a "1">]>\n<package>'
UNKNOWN_CODE = 777
STRANGER = Result(id="999999999999999999", number="999", code="1")


def refuse(code: RequestCode) -> Rewrite:
    """Answer with ``<error>``."""
    return lambda answer: responses.error(code)


def travel(manner: Manner) -> Rewrite:
    """Deliver the right answer in this manner."""
    return lambda answer: replace(answer, manner=manner)


def say(body: bytes, content_type: str = responses.JSON) -> Rewrite:
    """Answer 200 with this body."""
    return lambda answer: Answer(body=body, content_type=content_type)


def fail(status: int, *headers: tuple[str, str]) -> Rewrite:
    """Answer with this HTTP status and a page for people."""
    phrase = HTTPStatus(status).phrase
    page = f"<!doctype html><title>{status} {phrase}</title><h1>{status} {phrase}</h1>".encode()
    return lambda answer: Answer(body=page, status=status, content_type=HTML, headers=headers)


def break_gzip(answer: Answer) -> Answer:
    """Promise gzip and send something else."""
    return replace(answer, headers=(("Content-Encoding", "gzip"),))


def halve(answer: Answer) -> Answer:
    """Send the first half as if it were complete: only the XML shows the fault."""
    return replace(answer, body=answer.body[: len(answer.body) // 2])


def lead_with_bom(answer: Answer) -> Answer:
    """Put a byte order mark and an empty line before the declaration."""
    return replace(answer, body=b"\xef\xbb\xbf\r\n" + answer.body)


def declare_doctype(answer: Answer) -> Answer:
    """Put a DTD into the answer, which a client must refuse to read."""
    return replace(answer, body=answer.body.replace(b"<package>", DTD, 1))


def rename_wrapper(answer: Answer) -> Answer:
    """Call the wrapper ``message``, as in the documentation's table."""
    return replace(answer, body=answer.body.replace(b"message-viber>", b"message>"))


def add_error(answer: Answer) -> Answer:
    """Put an ``<error>`` beside the results."""
    return replace(answer, body=answer.body.replace(b"</package>", b"<error>200</error></package>"))


def leave_out(rows: Sequence[Result], marked: Collection[str]) -> list[Result]:
    """Answer for the other messages only."""
    return [row for row in rows if row.id not in marked]


def reverse(rows: Sequence[Result], marked: Collection[str]) -> list[Result]:
    """Answer from the last message to the first."""
    return list(rows[::-1])


def pad_code(rows: Sequence[Result], marked: Collection[str]) -> list[Result]:
    """Put white space around the code."""
    return [replace(row, code=f"\n    {row.code} ") if row.id in marked else row for row in rows]


def say_unknown_code(rows: Sequence[Result], marked: Collection[str]) -> list[Result]:
    """Answer with a code that is not in any list."""
    return [replace(row, code=str(UNKNOWN_CODE)) if row.id in marked else row for row in rows]


def add_stranger(rows: Sequence[Result], marked: Collection[str]) -> list[Result]:
    """Also answer for a message that nobody sent."""
    return [STRANGER, *rows]


def repeat(rows: Sequence[Result], marked: Collection[str]) -> list[Result]:
    """Answer twice with the same result."""
    return [copy for row in rows for copy in ([row, row] if row.id in marked else [row])]
