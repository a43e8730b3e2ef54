"""Run the sandbox in a terminal until it is told to stop."""

import argparse
import signal
import threading
from collections.abc import Callable
from typing import Any

from viber_messaging.sandbox.faults.scenarios import SCENARIOS
from viber_messaging.sandbox.sandbox import Sandbox

DEFAULT_PORT = 8099
START_ERRORS = (OSError, OverflowError, ValueError)
DESCRIPTION = "Run a stand-in gateway on this machine, with a page that shows received messages as on a phone."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options that ``build`` reads."""
    parser.add_argument("--port", type=int, default=DEFAULT_PORT, help="0 chooses a free port. Default: %(default)s.")
    parser.add_argument("--key", default="sandbox", help="The API key that the sandbox accepts. Default: %(default)s.")
    parser.add_argument(
        "--seconds-to-deliver",
        type=float,
        default=6.0,
        help="How long the delivery of a message takes. Default: %(default)s.",
    )
    parser.add_argument("--book", metavar="FILE", help="Keep accepted messages in this file across restarts.")


def describe_scenarios() -> str:
    """Return the table of scenarios as text."""
    width = max(len(scenario.name) for scenario in SCENARIOS)
    rows = [f"  {scenario.phone}  {scenario.name:<{width}}  {scenario.summary}" for scenario in SCENARIOS]
    return "\n".join(["Numbers that fail on purpose (messages to all others are delivered):", *rows])


def build(options: dict[str, Any]) -> Sandbox:
    """Return the sandbox that these options describe, not started."""
    return Sandbox(
        port=options["port"],
        key=options["key"],
        seconds_to_deliver=options["seconds_to_deliver"],
        book_path=options["book"],
    )


def explain_failure(port: int, error: Exception) -> str:
    """Return a sentence that says why the sandbox did not start."""
    if isinstance(error, ValueError):
        return str(error)
    return f"The sandbox cannot listen on port {port} ({error}). Choose another one with --port."


def describe(sandbox: Sandbox) -> str:
    """Return the sandbox's addresses, and the settings that make a site use it."""
    return f"""The sandbox is running. Settings that make a site use it:

    VIBER_MESSAGING = {{"API_URL": "{sandbox.url}", "API_KEY": "{sandbox.key}"}}

or, with settings_from_env():

    VIBER_API_URL={sandbox.url}
    VIBER_API_KEY={sandbox.key}

Received messages are shown at {sandbox.page_url}
Press Ctrl-C to stop it."""


def run(sandbox: Sandbox, write: Callable[[str], object]) -> None:
    """Run until SIGINT or SIGTERM; raise OSError if the port is taken."""
    is_over = threading.Event()
    former = {number: signal.signal(number, lambda *_: is_over.set()) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        with sandbox:
            write(describe(sandbox))
            is_over.wait()
            write(f"Stopped. Accepted: {len(sandbox.accepted)}. Requests: {sandbox.request_count}.")
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)
