"""Views that send one message inside a request, each run in a process of its own: ``… .views NAME …``.

All get the same request, made by RequestFactory without middleware, and answer with the gateway ID.
"""

import argparse
import json
import os
import random
import time
from collections.abc import Callable
from functools import partial
from typing import Any, TypeAlias
from xml.sax.saxutils import escape

import requests
from defusedxml.ElementTree import fromstring

from tests.benchmarks.contenders import TEXT, set_up

Post: TypeAlias = Callable[..., requests.Response]
View: TypeAlias = Callable[[Any], Any]

PHONE, SENDER = "+380971234567", "SMSTest"
HEADERS = {"Content-Type": "text/xml; charset=utf-8"}
PACKAGE = (
    '<?xml version="1.0" encoding="utf-8" ?>\n<package key="bench"><message-viber><msg id="{reference}">'
    "<phone>{phone}</phone><sender>{sender}</sender><type>{type}</type><text>{text}</text></msg></message-viber>"
    "</package>"
)
WARM_UP = 50
COUNTED = 20
"""Messages of which the statements are counted, after the others: counting costs time."""


def ours(request: Any) -> Any:
    """One call, with DISPATCH "inline"."""
    from django.http import JsonResponse

    from viber_messaging.api import send_message

    message = send_message(request.POST["phone"], request.POST["text"], sender=SENDER)
    return JsonResponse({"msg_id": message.msg_id, "code": message.status_code})


def by_hand(request: Any, post: Post) -> Any:
    """Validate, insert and commit, POST, parse, then save the answer and an attempt in one transaction.

    What a competent developer writes in an afternoon. A lost answer, a killed process, a refused package, a paused
    account, who opted out, a phone in another spelling: of all that it knows nothing.
    """
    from django.db import transaction
    from django.http import JsonResponse
    from django.utils import timezone

    from tests.benchmarks.by_hand import Attempt

    row = new_row(request)
    row.clean_fields()
    row.save()
    started_at = timezone.now()
    response = post(os.environ["VIBER_API_URL"], data=written(row), headers=HEADERS, timeout=10)
    response.raise_for_status()
    msg = fromstring(response.content, forbid_dtd=True).find("message-viber/msg")
    assert msg is not None
    row.state, row.msg_id, row.status_code = "accepted", msg.get("msg_id", ""), int(msg.text or 0)
    row.accepted_at = timezone.now()
    with transaction.atomic():
        row.save(update_fields=["state", "msg_id", "status_code", "accepted_at"])
        Attempt.objects.create(
            message=row,
            started_at=started_at,
            outcome="accepted",
            http_status=response.status_code,
            status_code=row.status_code,
            msg_id=row.msg_id,
        )
    return JsonResponse({"msg_id": row.msg_id, "code": row.status_code})


def bare(request: Any, post: Post) -> Any:
    """The POST and the INSERT, and nothing beside them."""
    from django.http import JsonResponse

    row = new_row(request)
    row.save()
    post(os.environ["VIBER_API_URL"], data=written(row), headers=HEADERS, timeout=10)
    return JsonResponse({})


def new_row(request: Any) -> Any:
    """Return an unsaved row of what was asked for."""
    from tests.benchmarks.by_hand import Row

    reference = random.randrange(10**13, 14 * 10**13)
    return Row(phone=request.POST["phone"], text=request.POST["text"], sender=SENDER, reference=reference)


def written(row: Any) -> bytes:
    """Write the package of one message."""
    fields = {name: escape(getattr(row, name)) for name in ("phone", "sender", "type", "text")}
    return PACKAGE.format(reference=row.reference, **fields).encode()


VIEWS: dict[str, Callable[[], View]] = {
    "ours": lambda: ours,
    "by hand": lambda: partial(by_hand, post=requests.post),
    "POST and INSERT": lambda: partial(bare, post=requests.post),
    "by hand, session": lambda: partial(by_hand, post=requests.Session().post),
    "POST and INSERT, session": lambda: partial(bare, post=requests.Session().post),
}
"""By name. Most write ``requests.post``, which connects anew each time; some keep a session for the process."""


def send(view: View, count: int) -> None:
    """Ask the view for so many messages."""
    from django.test import RequestFactory

    factory = RequestFactory()
    for _number in range(count):
        assert view(factory.post("/send/", {"phone": PHONE, "text": TEXT})).status_code == 200


def statements(view: View) -> float:
    """Return how many statements the database is told for one message."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as queries:
        send(view, COUNTED)
    return len(queries) / COUNTED


def main() -> None:
    """Send with one of them and print what a message took."""
    parser = argparse.ArgumentParser()
    parser.add_argument("name", choices=VIEWS)
    parser.add_argument("--messages", type=int, required=True)
    options = parser.parse_args()
    set_up()
    view = VIEWS[options.name]()
    send(view, WARM_UP)
    wall, cpu = time.perf_counter(), time.process_time()
    send(view, options.messages)
    took = {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}
    figures = {name: seconds * 1e6 / options.messages for name, seconds in took.items()}
    print(json.dumps({**figures, "statements": statements(view)}))


if __name__ == "__main__":
    main()
