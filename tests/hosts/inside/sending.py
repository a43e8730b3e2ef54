"""The first message, as the README writes it, sent the way that the site's DISPATCH says."""

from pathlib import Path

from django.core.management import call_command

from viber_messaging.models import Message
from viber_messaging.sandbox import Sandbox


def send_first(code: Path, sandbox: Sandbox) -> Message:
    """Run the README's lines; follow the message until it is delivered."""
    names: dict[str, object] = {}
    exec(code.read_text(encoding="utf-8"), names)
    message = names["message"]
    assert isinstance(message, Message)
    work()
    message.refresh_from_db()
    assert message.status_code is not None, (message.state, message.error)
    assert sandbox.times_accepted(message.reference) == 1
    ask_later(sandbox)
    message.refresh_from_db()
    assert message.state == "delivered", (message.state, message.error)
    return message


def work() -> None:
    """Let the worker do what is due, as cron would."""
    call_command("viber_worker", once=True, verbosity=0)


def ask_later(sandbox: Sandbox) -> None:
    """Let a minute pass at the gateway, and ask it again now."""
    sandbox.advance(60)
    Message.objects.update(next_attempt_at=None)
    work()
