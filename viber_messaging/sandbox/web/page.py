"""The page for people: what arrived, as a phone would show it. All values are escaped; there are no scripts."""

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from html import escape
from itertools import islice
from urllib.parse import urlsplit

from viber_messaging.gateway.codes import MessageCode
from viber_messaging.sandbox.faults.scenarios import SCENARIOS
from viber_messaging.sandbox.ledger.clock import Clock
from viber_messaging.sandbox.ledger.ledger import Book
from viber_messaging.sandbox.ledger.messages import SMS, AcceptedMessage

BUBBLES_SHOWN = 100
REFRESH_SECONDS = 3
WORDS: dict[int, str] = {
    MessageCode.RECEIVED: "received",
    MessageCode.SCHEDULED: "scheduled",
    MessageCode.ENROUTE: "en route",
    MessageCode.DELIVERED: "delivered",
    MessageCode.READ: "read",
    MessageCode.DELETED: "deleted",
    MessageCode.EXPIRED: "expired",
    MessageCode.UNDELIVERABLE: "undeliverable",
    MessageCode.UNKNOWN: "unclear",
    MessageCode.REJECTED: "rejected",
    MessageCode.DISCARDED: "discarded",
    MessageCode.NOT_SUPPORTED: "not supported",
}
TONES: dict[int, str] = {
    **dict.fromkeys((MessageCode.DELIVERED, MessageCode.READ), "good"),
    **dict.fromkeys((MessageCode.RECEIVED, MessageCode.SCHEDULED, MessageCode.ENROUTE), "moving"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bubble:
    """A message with what the page shows about it."""

    message: AcceptedMessage
    code: int
    time: str


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """The data that the page shows, taken from the book at one moment."""

    bubbles: list[Bubble]
    """The newest first."""
    accepted_count: int
    refused_count: int
    request_count: int
    balance: Decimal


def look(book: Book, clock: Clock, request_count: int) -> View:
    """Take the newest messages and the counts from the book."""
    now = clock()
    with book.lock:
        newest = list(islice(reversed(book.accepted.values()), BUBBLES_SHOWN))
        bubbles = [
            Bubble(message=one, code=book.status(one, now).code, time=clock.write(one.received_at)) for one in newest
        ]
        return View(
            bubbles=bubbles,
            accepted_count=len(book.accepted),
            refused_count=book.refusals.total(),
            request_count=request_count,
            balance=book.balance,
        )


def render(view: View, *, is_refreshing: bool) -> str:
    """Return the page as HTML."""
    refresh = f'<meta http-equiv="refresh" content="{REFRESH_SECONDS}">' if is_refreshing else ""
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
{refresh}
<title>Viber sandbox ({view.accepted_count})</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/style.css">
</head>
<body>
<header>
<h1>Viber sandbox</h1>
<p>A stand-in gateway on this machine. Nothing here reaches a phone.</p>
{_render_counts(view)}
{_render_links(is_refreshing=is_refreshing)}
</header>
<main>
{_render_chats(view.bubbles) or EMPTY}
{_render_rest(view)}
</main>
{_render_scenarios(is_open=not is_refreshing)}
</body>
</html>
"""


EMPTY = """<section class="empty">
<h2>Nothing has arrived yet</h2>
<p>Send a message to the sandbox's address. It appears here as on the recipient's phone.</p>
</section>"""


def _render_counts(view: View) -> str:
    counts = (
        ("accepted", f"{view.accepted_count:,}"),
        ("refused", f"{view.refused_count:,}"),
        ("requests", f"{view.request_count:,}"),
        ("UAH left", f"{view.balance:,.2f}"),
    )
    return f'<dl class="counts">{"".join(f"<div><dd>{count}</dd><dt>{name}</dt></div>" for name, count in counts)}</dl>'


def _render_links(*, is_refreshing: bool) -> str:
    toggle = (
        f'<a href="/?refresh=off">Stop refreshing</a> <span>(every {REFRESH_SECONDS} seconds)</span>'
        if is_refreshing
        else '<a href="/">Refresh automatically</a>'
    )
    return (
        f'<nav>{toggle} <a href="/?refresh=off#scenarios">Numbers that fail on purpose</a> '
        '<a href="/book.json">The book as JSON</a></nav>'
    )


def _render_chats(bubbles: list[Bubble]) -> str:
    """Render a chat for each recipient, starting with the one with the newest message."""
    chats: dict[str, list[Bubble]] = {}
    for bubble in bubbles:
        chats.setdefault(bubble.message.phone, []).append(bubble)
    return "\n".join(_render_chat(phone, inside) for phone, inside in chats.items())


def _render_chat(phone: str, bubbles: list[Bubble]) -> str:
    tally = Counter(WORDS.get(bubble.code, str(bubble.code)) for bubble in bubbles)
    summary = ", ".join(f"{count} {word}" for word, count in tally.items())
    return (
        f'<section class="chat"><h2>{escape(phone)} <small>{summary}</small></h2>'
        f"<ol>{''.join(_render_bubble(bubble) for bubble in bubbles)}</ol></section>"
    )


def _render_bubble(bubble: Bubble) -> str:
    message = bubble.message
    kind = "bubble sms" if message.channel == SMS else "bubble"
    return (
        f'<li class="{kind}"><p class="sender">{escape(message.sender)}</p>{_render_picture(message)}'
        f'<p class="text">{escape(message.text)}</p>{_render_button(message)}{_render_facts(bubble)}</li>'
    )


def _render_picture(message: AcceptedMessage) -> str:
    """If the picture does not load, the style sheet shows its name and host instead."""
    if not message.image:
        return ""
    address = urlsplit(message.image)
    label = escape(f"{address.path.rpartition('/')[2]} · {address.netloc}")
    picture = f'<img src="{escape(message.image)}" alt="{label}" loading="lazy" referrerpolicy="no-referrer">'
    return _render_link(message.url, picture, "picture") if message.url else f'<span class="picture">{picture}</span>'


def _render_button(message: AcceptedMessage) -> str:
    if not message.button:
        return ""
    return _render_link(message.url, escape(message.button), "button") + f'<p class="link">{escape(message.url)}</p>'


def _render_link(url: str, inner: str, css_class: str) -> str:
    return f'<a class="{css_class}" href="{escape(url)}" rel="noopener noreferrer nofollow">{inner}</a>'


def _render_facts(bubble: Bubble) -> str:
    message = bubble.message
    word, tone = WORDS.get(bubble.code, "undocumented"), TONES.get(bubble.code, "bad")
    scheduled = f"<span>for {escape(message.date_beg.replace('T', ' '))}</span>" if message.date_beg else ""
    return (
        f'<p class="facts"><span class="status {tone}">{word} · {bubble.code:d}</span>'
        f'<time datetime="{bubble.time}">{bubble.time.replace("T", " ")}</time>{scheduled}'
        f"{_render_parts(message)}<span>id {message.id}</span><span>msg_id {message.msg_id}</span></p>"
    )


def _render_parts(message: AcceptedMessage) -> str:
    """Say that a message is an SMS, and in how many parts it was sent."""
    if message.channel != SMS:
        return ""
    parts = "1 part" if message.sms_count == 1 else f"{message.sms_count} parts"
    return f"<span>SMS, {parts}</span>"


def _render_rest(view: View) -> str:
    hidden = view.accepted_count - len(view.bubbles)
    return f'<p class="rest">and {hidden:,} older: see <a href="/book.json">the book</a>.</p>' if hidden > 0 else ""


def _render_scenarios(*, is_open: bool) -> str:
    rows = "".join(
        f"<tr><td><code>{row.phone}</code></td><th scope=row>{row.name}</th><td>{escape(row.summary)}</td></tr>"
        for row in SCENARIOS
    )
    return (
        f'<details id="scenarios"{" open" if is_open else ""}><summary>Numbers that fail on purpose</summary>'
        "<p>Messages to all other numbers are delivered. In tests, plan a failure by its name: "
        '<code>sandbox.fail_next("lost-answer")</code>.</p>'
        f"<table><thead><tr><th>Number</th><th>Name</th><th>What happens</th></tr></thead><tbody>{rows}</tbody></table>"
        "</details>"
    )
