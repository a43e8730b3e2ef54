"""Runs inside a host site, with nothing of ours but the wheel: its first message, its admin, a campaign."""

import os
import sys
from pathlib import Path

import django

django.setup()

import browsing  # noqa: E402
import campaigning  # noqa: E402
import sending  # noqa: E402
from django.conf import settings  # noqa: E402
from django.core import checks  # noqa: E402
from django.core.management import call_command  # noqa: E402

import viber_messaging  # noqa: E402
from viber_messaging.sandbox import Sandbox  # noqa: E402

MIGRATED = "HOST_MIGRATED"
"""Set where the site's own commands have been run already, each in a process of its own."""


def main() -> None:
    assert "site-packages" in str(Path(viber_messaging.__file__)), "this is the source and not the wheel"
    if MIGRATED not in os.environ:
        settle_in()
    told = send() if getattr(settings, "VIBER_MESSAGING", {}).get("API_KEY") else do_without()
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
    print(f"django {django.__version__}, python {sys.version.split()[0]}: {told}.")


def settle_in() -> None:
    """Do what the README says after the settings, on every database."""
    for alias in settings.DATABASES:
        call_command("migrate", database=alias, verbosity=0)


def complain_of(expected: list[str]) -> None:
    """Run the site's checks, Django's own too; nothing but what is expected is wrong."""
    found = [str(message.id) for message in checks.run_checks(databases=settings.DATABASES)]
    found += [
        str(message.id) for message in checks.run_checks(tags=["viber_messaging"], include_deployment_checks=True)
    ]
    assert set(found) == set(expected), found


def send() -> str:
    """Send the first message, one from the admin, and a campaign."""
    with Sandbox() as sandbox:
        settings.VIBER_MESSAGING = {**settings.VIBER_MESSAGING, "API_KEY": sandbox.key, "API_URL": sandbox.url}
        complain_of(os.environ.get("HOST_WARNED_OF", "").split())
        message = sending.send_first(Path(sys.argv[1]), sandbox)
        client = browsing.logged_in()
        browsing.open_pages(client, message)
        browsing.write(client, sandbox)
        campaigning.run(client, sandbox)
    return "the first message, one from the admin and a campaign arrived"


def do_without() -> str:
    """Open the admin of a site that has set up nothing."""
    complain_of(["viber_messaging.W001", "viber_messaging.E002"])
    browsing.without_a_key(browsing.logged_in())
    return "every page opens, and what waits says for what"


main()
