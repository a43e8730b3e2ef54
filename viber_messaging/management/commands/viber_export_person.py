"""Print everything stored about one person."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError
from django.core.serializers.json import DjangoJSONEncoder

from viber_messaging.api import export_person
from viber_messaging.management.base import DatabaseCommand


class Command(DatabaseCommand):
    help = "Writes all data about one person as JSON, for people who ask for a copy of their data."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("phone", metavar="PHONE", help="In any common format.")

    def handle(self, *args: Any, phone: str, **options: Any) -> None:
        try:
            data = export_person(phone)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(json.dumps(data, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2))
