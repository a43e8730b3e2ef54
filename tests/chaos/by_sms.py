"""Half of the people have no Viber: each of them gets one SMS, and nobody else does."""

from collections import Counter
from collections.abc import Iterator

from tests.chaos.accounts import Accounts
from viber_messaging.states import MessageChannel

ORDERED = "+38067"
"""How the phones begin that must be reached."""


def has_no_viber(phone: str) -> bool:
    """Tell whether Viber cannot reach this phone."""
    return phone.startswith(ORDERED) and int(phone[-1]) % 2 == 0


def text_for(number: str) -> str:
    """Return the text of the SMS that goes instead of an order."""
    return f"sms-{number}"


def violations(sandbox: Accounts, singles: int, *, may_lack: bool) -> Iterator[str]:
    """Tell of people who got an SMS too many or none; ``may_lack`` if another account knows nothing of their Viber."""
    got = Counter(message.phone for message in sandbox.accepted.values() if message.channel == MessageChannel.SMS)
    if twice := [phone for phone, times in got.items() if times > 1]:
        yield f"{len(twice)} people got an SMS more than once"
    if reached := [phone for phone in got if not has_no_viber(phone)]:
        yield f"{len(reached)} people whom Viber reached got an SMS besides"
    wanted = {phone for number in range(singles) if has_no_viber(phone := f"{ORDERED}{number:07d}")}
    if not may_lack and (missing := wanted - set(got)):
        yield f"{len(missing)} of {len(wanted)} people without Viber got no SMS"


def count(sandbox: Accounts) -> int:
    """Return how many SMS the gateway accepted."""
    return sum(message.channel == MessageChannel.SMS for message in sandbox.accepted.values())
