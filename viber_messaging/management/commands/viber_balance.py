"""Print the account's balance."""

from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import CommandError

from viber_messaging.api import get_balance
from viber_messaging.gateway.errors import GatewayError
from viber_messaging.management.base import DatabaseCommand


class Command(DatabaseCommand):
    help = "Prints the balance of the account and its currency, as the gateway reports them."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            balance = get_balance()
        except (ImproperlyConfigured, GatewayError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{balance.amount} {balance.currency}")
