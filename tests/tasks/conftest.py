"""What the tests of nudges share: a Celery of the site's own, and brokers that are away."""

import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from celery import Celery, current_app

from tests.moments import Moments


@pytest.fixture
def celery_site() -> Iterator[Callable[..., Celery]]:
    """Make the site's Celery app; its settings may be given."""
    before = current_app._get_current_object()
    made: list[Celery] = []

    def make(broker: str, **conf: Any) -> Celery:
        app = Celery("site", broker=broker)
        app.conf.update(conf)
        made.append(app)
        return app

    yield make
    before.set_current()
    for app in made:
        app.close()


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A port that lets everyone in and never says a word."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(50)
        yield listener.getsockname()[1]


@pytest.fixture(autouse=True)
def _no_silent_broker_before(moments: Moments) -> None:
    moments.set("brokers found silent", [])
