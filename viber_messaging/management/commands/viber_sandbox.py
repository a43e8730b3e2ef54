"""The command that runs the stand-in gateway."""

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser, DjangoHelpFormatter

from viber_messaging.sandbox import console


class HelpFormatter(DjangoHelpFormatter, argparse.RawDescriptionHelpFormatter):
    """Django's help, with the table of scenarios left as it is."""


class Command(BaseCommand):
    """Run the sandbox until it is told to stop."""

    help = console.DESCRIPTION
    requires_system_checks: list[str] = []  # it is for trying the app before there are settings

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """Add the table of scenarios to the help."""
        return super().create_parser(
            prog_name, subcommand, epilog=console.describe_scenarios(), formatter_class=HelpFormatter, **kwargs
        )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        console.add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the sandbox; raise CommandError if the port or the book's file cannot be used."""
        try:
            console.run(console.build(options), self._write)
        except console.START_ERRORS as error:
            raise CommandError(console.explain_failure(options["port"], error)) from error

    def _write(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()
