"""Tasks of a site that tell a buyer something, and are tried again."""

import os
import signal
from pathlib import Path
from typing import Any

from celery import shared_task

from viber_messaging.api import send_message

TRIES = 3


@shared_task(bind=True, max_retries=TRIES)
def tell_and_fail(self: Any, order: str) -> None:
    """Tell that an order is on its way, and fail after that; the third try succeeds."""
    _tell(order)
    if self.request.retries < TRIES - 1:
        raise self.retry(countdown=0.1)


@shared_task(acks_late=True, reject_on_worker_lost=True)
def tell_and_die(order: str, mark: str) -> None:
    """Tell that an order is on its way, and die after that; the second try, which finds the mark, succeeds."""
    _tell(order)
    if not Path(mark).exists():
        Path(mark).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    Path(f"{mark}-done").touch()


def _tell(order: str) -> None:
    send_message("097 123-45-67", f"Order {order} is on its way", key=f"{order}-shipped", sender="SMSTest")
