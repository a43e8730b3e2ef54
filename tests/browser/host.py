"""A furnished site in a process of its own, dressed by a theme: ``python -m tests.browser.host unfold``.

It prints its address once it answers, and ends with its standard input.
"""

import os
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

PASSWORD = "staff"


def serve(theme: str, *, has_month: bool = False) -> None:
    """Serve the admin under a theme, or under Django's own looks, until nobody listens any more."""
    with tempfile.TemporaryDirectory() as folder:
        _set_up(theme, f"{folder}/site.sqlite3")
        with _gateway() as pictures:
            _fill(pictures, has_month=has_month)
            print(_listen(), flush=True)
            sys.stdin.read()


def _set_up(theme: str, database: str) -> None:
    import django
    from django.conf import settings

    from tests import settings as plain

    plain.DATABASES["default"] |= {"ENGINE": "django.db.backends.sqlite3", "NAME": database}
    plain.DATABASES["default"]["OPTIONS"] = {"transaction_mode": "IMMEDIATE", "timeout": 20}
    shared = {name: getattr(plain, name) for name in dir(plain) if name.isupper()}
    themes = {"unfold": ["unfold"], "jazzmin": ["jazzmin"]}.get(theme, [])
    settings.configure(**{**shared, "INSTALLED_APPS": [*themes, *plain.INSTALLED_APPS]})
    django.setup()


@contextmanager
def _gateway() -> Iterator[str]:
    from django.conf import settings

    from viber_messaging.sandbox import Sandbox

    with Sandbox() as sandbox:
        settings.VIBER_MESSAGING = {
            "API_KEY": sandbox.key,
            "API_URL": sandbox.url,
            "DISPATCH": "worker",
            "PACKAGE_SIZE": 4,
        }
        yield f"{sandbox.page_url}pictures/flowers.png"


def _fill(picture: str, *, has_month: bool) -> None:
    from django.contrib.auth.models import User
    from django.core.management import call_command

    from tests.browser.scenery import furnish, furnish_month

    call_command("migrate", verbosity=0)
    User.objects.create_superuser("staff", password=PASSWORD)
    furnish(picture)
    if has_month:
        furnish_month()


def _listen() -> str:
    from django.contrib.staticfiles.handlers import StaticFilesHandler
    from django.core.handlers.wsgi import WSGIHandler
    from django.core.servers.basehttp import ThreadedWSGIServer
    from django.test.testcases import QuietWSGIRequestHandler

    server: Any = ThreadedWSGIServer(("127.0.0.1", 0), QuietWSGIRequestHandler, allow_reuse_address=False)
    server.set_app(StaticFilesHandler(WSGIHandler()))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"


if __name__ == "__main__":
    os.environ.pop("DJANGO_SETTINGS_MODULE", None)
    serve(sys.argv[1], has_month="month" in sys.argv[2:])
