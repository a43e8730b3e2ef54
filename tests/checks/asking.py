"""What the checks say of settings."""

from django.core.checks import CheckMessage, run_checks
from django.test import override_settings

KEY = "canary-key-7f3a"
RIGHT = {"API_KEY": KEY}


def messages_of(values: object, *, deployed: bool = False) -> list[CheckMessage]:
    """Return what the checks of this package say of ``values``."""
    with override_settings(VIBER_MESSAGING=values):
        return run_checks(tags=["viber_messaging"], include_deployment_checks=deployed)


def ids_of(values: object, **options: bool) -> list[str]:
    return [str(message.id).removeprefix("viber_messaging.") for message in messages_of(values, **options)]
