"""Those that are compared, each in a process of its own: ``python -m tests.benchmarks.contenders NAME …``."""

import argparse
import json
import os
import time
from collections.abc import Callable

from tests.benchmarks import floor
from tests.benchmarks.memory import peak_mb, reset_peak_mb

BARE_PACKAGE = 50
"""The gateway's public Python client sends so many at once."""

Run = Callable[[argparse.Namespace], object]


def ours(options: argparse.Namespace) -> Run:
    """Our command, as cron runs it."""
    set_up()
    from viber_messaging.management.commands.viber_worker import Command

    return lambda _options: Command().run_from_argv(["manage.py", "viber_worker", "--once", "--skip-checks"])


def raw_floor(options: argparse.Namespace) -> Run:
    """The driver alone."""
    return lambda options: floor.run(os.environ["DATABASE_URL"], options.gateway, options.package)


def bare_loop(options: argparse.Namespace) -> Run:
    """No database, packages of 50 built of elements, as the gateway's public Python client does."""
    import xml.etree.ElementTree as ET

    import requests

    rows = [(n, 10**13 + n, "+380971234567", "SMSTest", "text", TEXT) for n in range(options.messages)]

    def send(part: list[floor.Row], session: requests.Session) -> dict[str | None, str | None]:
        package = ET.Element("package", key="bench")
        command = ET.SubElement(package, "message-viber")
        for _pk, reference, *fields in part:
            msg = ET.SubElement(command, "msg", id=str(reference))
            for name, value in zip(("phone", "sender", "type", "text"), fields, strict=True):
                ET.SubElement(msg, name).text = str(value)
        document = ET.tostring(package, encoding="utf-8", xml_declaration=True, short_empty_elements=False)
        answer = ET.fromstring(session.post(options.gateway, data=document, timeout=30).content)
        return {msg.get("id"): msg.get("msg_id") for msg in answer.iter("msg")}

    def run(options: argparse.Namespace) -> None:
        session = requests.Session()
        for start in range(0, len(rows), BARE_PACKAGE):
            assert len(send(rows[start : start + BARE_PACKAGE], session)) == len(rows[start : start + BARE_PACKAGE])

    return run


def post_office(options: argparse.Namespace) -> Run:
    """The peer, with its defaults."""
    set_up()
    from django.core.management import call_command

    return lambda _options: call_command("send_queued_mail")


CONTENDERS: dict[str, Callable[[argparse.Namespace], Run]] = {
    "ours": ours,
    "ours, late": ours,
    "floor": raw_floor,
    "bare loop": bare_loop,
    "post_office, nothing": post_office,
    "post_office, POST": post_office,
}
TEXT = "Ваше замовлення готове: чекаємо на вас щодня з 9 до 20, вул. Хрещатик, 1 & поруч."


def set_up() -> None:
    """Start Django."""
    import django

    django.setup()


def main() -> None:
    """Send with one of them and print what it took."""
    parser = argparse.ArgumentParser()
    parser.add_argument("name", choices=CONTENDERS)
    parser.add_argument("--gateway", required=True)
    parser.add_argument("--messages", type=int, required=True)
    parser.add_argument("--package", type=int, required=True)
    options = parser.parse_args()
    run = CONTENDERS[options.name](options)
    own_mb = reset_peak_mb()
    wall, cpu = time.perf_counter(), time.process_time()
    run(options)
    figures = {"seconds": time.perf_counter() - wall, "cpu": time.process_time() - cpu, "mb": peak_mb() - own_mb}
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
