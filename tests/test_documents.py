"""The gateway's own examples, sent by saving messages, through a gateway that is not our sandbox."""

import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import canonicalize
from zoneinfo import ZoneInfo

import pytest

from viber_messaging.models import Message

GOLDEN = Path(__file__).parent / "gateway" / "golden"
DOCUMENTED_KEY = "bb56a4369eb19***cfec6d1776bd25"
ANSWER = b"""<?xml version="1.0" encoding="utf-8" ?>
<package><message-viber><msg id="1234" msg_id="1234568">1</msg></message-viber></package>"""


class Recorder(BaseHTTPRequestHandler):
    """Answers every POST as the documents do, and keeps what came."""

    bodies: list[bytes]

    def do_POST(self) -> None:
        self.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(ANSWER)))
        self.end_headers()
        self.wfile.write(ANSWER)

    def log_message(self, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def bodies(configure: Callable[..., None], transactional_db: None) -> Iterator[list[bytes]]:
    received: list[bytes] = []
    handler = type("Handler", (Recorder,), {"bodies": received})
    with HTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        configure(API_URL=f"http://127.0.0.1:{server.server_port}/api/xml.php", API_KEY=DOCUMENTED_KEY)
        yield received
        server.shutdown()
        thread.join()


PICTURE = {"image": "https://image.url/image.png"}
BUTTON = {"button": "Caption", "url": "https://page.url"}

EXAMPLES = [
    ("request_viber_image", {"type": "image", **PICTURE}),
    ("request_viber_image_button", {"type": "image", **PICTURE, **BUTTON}),
    ("request_viber_button", {"type": "button", **PICTURE, **BUTTON}),
    ("request_scheduled_viber", {"scheduled_at": datetime(2024, 11, 30, 12, 0, tzinfo=ZoneInfo("Europe/Kyiv"))}),
    ("request_scheduled_viber", {"scheduled_at": datetime(2024, 11, 30, 10, 0, 59, tzinfo=ZoneInfo("UTC"))}),
]


def canonical(document: bytes) -> str:
    return canonicalize(document.decode(), strip_text=True)


@pytest.mark.parametrize(("golden", "fields"), EXAMPLES)
def test_a_saved_message_arrives_as_the_documents_show_it(bodies: list[bytes], golden: str, fields: dict[str, Any]):
    message = Message.objects.create(
        reference=1234,
        sender="SMSTest",
        phone="+380971234567",
        text="Message text to be sent via Viber",
        **fields,
    )
    assert canonical(bodies[0]) == canonical((GOLDEN / f"{golden}.xml").read_bytes())
    assert (message.state, message.msg_id, message.status_code) == ("accepted", "1234568", 1)
