"""The Celery of the chaos: workers that may die at a named point, and a queue of nudges that never ends."""

import os
import threading
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.chaos.settings")

from celery import Celery
from celery.signals import worker_process_init

app = Celery("chaos")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_process_init.connect
def make_mortal(**_: Any) -> None:
    """Plant the crash points in each child of a worker."""
    from tests.chaos import worker

    worker.plant()


class Ticker(threading.Thread):
    """Nudges several times a second, and purges the queue in the end."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self._is_over = threading.Event()

    def run(self) -> None:
        from viber_messaging import tasks

        app.set_default()
        while not self._is_over.wait(0.2):
            tasks.enqueue_with_celery()

    def stop(self) -> None:
        """Nudge no more, and forget what was not heard."""
        self._is_over.set()
        self.join()
        app.control.purge()
