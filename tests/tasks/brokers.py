"""A site whose Celery workers are real processes on a real broker, under a queue that no other run knows."""

import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kombu import Connection

from tests.commands.test_viber_worker import ROOT, Site
from tests.processes import HANG_SECONDS
from viber_messaging.sandbox import Sandbox

REDIS = os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/9")
RABBITMQ = os.environ.get("RABBITMQ_URL", "amqp://guest:guest@127.0.0.1:5672//")


class CelerySite(Site):
    """A site that nudges through Celery; use it in a ``with``, so that its queue goes away."""

    def __init__(self, database_url: str, sandbox: Sandbox, broker: str) -> None:
        super().__init__(Path("unused"), sandbox)
        self.broker = broker
        self.queue = f"viber-tests-{uuid.uuid4().hex}"
        self.environment |= {
            "DJANGO_SETTINGS_MODULE": "tests.tasks.settings",
            "DATABASE_URL": database_url,
            "VIBER_DISPATCH": "celery",
            "SITE_BROKER": broker,
            "SITE_QUEUE": self.queue,
        }

    def __enter__(self) -> "CelerySite":
        self.run("migrate", "--verbosity", "0")
        return self

    def __exit__(self, *exc_info: object) -> None:
        with Connection(self.broker) as connection:
            connection.default_channel.queue_delete(self.queue)
            if connection.transport.driver_type == "amqp":
                connection.default_channel.exchange_delete(self.queue)

    def purge(self) -> int:
        """Lose all nudges that wait; return how many."""
        with Connection(self.broker) as connection:
            return int(connection.default_channel.queue_purge(self.queue))

    def messages(self) -> list[str]:
        """Take all nudges that wait, whole."""
        found = []
        with Connection(self.broker) as connection:
            while (message := connection.default_channel.basic_get(self.queue, no_ack=True)) is not None:
                found.append(f"{message.body!r} {message.headers} {message.properties}")
        return found

    @contextmanager
    def celery_workers(
        self, log: Path, count: int = 2, concurrency: int = 2, *options: str
    ) -> Iterator[list[subprocess.Popen[bytes]]]:
        """Run real Celery workers that fork ``concurrency`` children each."""
        with log.open("ab") as output:
            processes = [
                self._worker(f"{self.queue}-{number}", concurrency, output, *options) for number in range(count)
            ]
        try:
            yield processes
        finally:
            for process in processes:
                process.terminate()
            for process in processes:
                process.wait(timeout=HANG_SECONDS)

    def _worker(self, name: str, concurrency: int, output: Any, *more: str) -> subprocess.Popen[bytes]:
        options = ["--pool=prefork", f"--concurrency={concurrency}", f"--hostname={name}@%h", f"--queues={self.queue}"]
        options += ["--loglevel=INFO", "--without-gossip", "--without-mingle", "--without-heartbeat", *more]
        arguments = [sys.executable, "-m", "celery", "-A", "tests.tasks.celery_app", "worker", *options]
        return subprocess.Popen(arguments, cwd=ROOT, env=self.environment, stdout=output, stderr=output)
