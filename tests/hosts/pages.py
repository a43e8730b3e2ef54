"""What a person does in a browser, by the headings of the tutorial."""

from collections.abc import Callable, Mapping

import requests

from tests.hosts.person import Person
from tests.hosts.terminals import wait_until

Ports = Mapping[str, str]
MESSAGES = "admin/viber_messaging/message/"


def _is_up(address: str) -> bool:
    try:
        return requests.get(address, timeout=5).ok
    except requests.ConnectionError:
        return False


def _look_at_the_gateway(person: Person, ports: Ports) -> None:
    address = f"http://127.0.0.1:{ports['8099']}/"
    wait_until(lambda: _is_up(address), "the stand-in answers")
    person.opens(address)


def _send(person: Person, ports: Ports) -> None:
    site = f"http://127.0.0.1:{ports['8000']}/"
    wait_until(lambda: _is_up(f"{site}admin/"), "the site answers")
    person.opens(f"{site}admin/")
    person.presses("Log in", username="owner@shop.example", password="owner@shop.example")
    person.follows("Viber messaging")
    person.follows("Senders")
    person.follows("New sender")
    person.presses("Save", name="SMSTest")
    _write(person, site, "097 123-45-67", "Hello")
    message = person.address
    assert person.sees("accepted"), person.has_read[-2000:]
    person.opens(f"http://127.0.0.1:{ports['8099']}/")
    assert person.sees("Hello"), "the stand-in does not show the message"
    person.opens(message)
    wait_until(lambda: _asks(person), "the message is delivered")


def _write(person: Person, site: str, phone: str, text: str) -> None:
    person.opens(f"{site}admin/")
    person.follows("Messages")
    person.follows("New message")
    person.presses("Send", sender="SMSTest", phone=phone, text=text)


def _asks(person: Person) -> bool:
    person.presses("Ask the gateway now")
    return person.sees("· delivered")


def _wait_for_the_worker(person: Person, ports: Ports) -> None:
    def is_delivered() -> bool:
        person.opens(f"http://127.0.0.1:{ports['8000']}/{MESSAGES}")
        return person.sees("delivered Order 42")

    wait_until(is_delivered, "the worker has asked")


def _see_it_refuse(person: Person, ports: Ports) -> None:
    site = f"http://127.0.0.1:{ports['8000']}/"
    _write(person, site, "+380990000203", "Refused")
    assert person.sees("· rejected"), person.has_read[-2000:]
    _write(person, site, "+380990000002", "Lost")
    assert person.sees("· accepted"), person.has_read[-2000:]


PAGES: Mapping[str, Callable[[Person, Ports], None]] = {
    "A gateway that is not one": _look_at_the_gateway,
    "Send": _send,
    "Let a worker ask": _wait_for_the_worker,
    "See it refuse": _see_it_refuse,
}
