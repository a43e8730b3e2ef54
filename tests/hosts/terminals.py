"""Commands that go on while others are typed."""

import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from tests.hosts.environments import Failed, environment_without_ours

LONGEST_WAIT_SECONDS = 60


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(is_true: Callable[[], bool], what: str) -> None:
    """Ask again until it is so. Raises Failed after a minute."""
    deadline = time.monotonic() + LONGEST_WAIT_SECONDS
    while not is_true():
        if time.monotonic() > deadline:
            raise Failed(f"A minute has passed, and it is not so that {what}.")
        time.sleep(1)


@contextmanager
def terminal(
    command: Sequence[str], cwd: Path, environment: dict[str, str], *, end: signal.Signals = signal.SIGINT
) -> Iterator[None]:
    """Keep a command running; end it as Ctrl-C does. Raises Failed where it ended by itself, or not well."""
    process = subprocess.Popen(
        command,
        cwd=cwd,
        env=environment_without_ours() | environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        # Whoever was started in the background ignores Ctrl-C, and so would all that it starts.
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
    )
    try:
        yield
    finally:
        ended_by_itself = process.poll() is not None
        process.send_signal(end)
        _out, complaints = process.communicate(timeout=LONGEST_WAIT_SECONDS)
    if ended_by_itself or process.returncode:
        raise Failed(f"{' '.join(command)} ended with {process.returncode}:\n{complaints}")
