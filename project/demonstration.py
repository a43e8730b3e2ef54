"""The tour for newcomers: import a spreadsheet, send six messages, wait for their delivery."""

import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from viber_messaging.api import send_message
from viber_messaging.delivery.runs import worker
from viber_messaging.importing import Kind, stage, write
from viber_messaging.models import Message, Sender
from viber_messaging.spreadsheets import open_table
from viber_messaging.states import FINAL_STATES

SPREADSHEET = Path(__file__).resolve().parent.parent / "tests" / "data" / "recipients.xlsx"
LONGEST_WAIT_SECONDS = 60
SENDERS = ("SMSTest", "Kvitka")


def add_senders() -> None:
    """Create the two sample senders, as if they were registered with the gateway."""
    for name in SENDERS:
        Sender.objects.get_or_create(name=name)


def import_recipients(spreadsheet: Path = SPREADSHEET) -> Mapping[Kind, int]:
    """Import the sample spreadsheet into the group Demo; return how many rows were new, updated, unchanged…"""
    with spreadsheet.open("rb") as file, tempfile.TemporaryFile() as kept:
        return write(stage(open_table(file, spreadsheet.name), kept), group="Demo").counts


def send_all(pictures: str) -> list[Message]:
    """Send one message of each type, and two to phones for which the sandbox fails; return all six.

    ``pictures`` is the URL of the folder with the sample pictures.
    """
    picture, link = f"{pictures}flowers.png", "https://example.com/flowers"
    return [
        send_message("097 123-45-67", "Ваше замовлення № 42 готове 🌻", sender="SMSTest"),
        send_message("050 123 45 67", "Нові букети вже у продажу", sender="Kvitka", image=picture),
        send_message(
            "+380671234567", "Знижка *20 %* до неділі", sender="Kvitka", image=picture, button="До крамниці", url=link
        ),
        send_message(
            "+380631234567",
            "Picture, caption and link under the type «image», as the gateway's own example has it",
            sender="SMSTest",
            type="image",
            image=picture,
            button="Caption",
            url=link,
        ),
        send_message("+380990000203", "Цей номер шлюз не прийме", sender="SMSTest"),
        send_message("+380990000002", "Відповідь на це повідомлення загубиться дорогою", sender="SMSTest"),
    ]


def wait_until_settled(messages: Sequence[Message]) -> list[Message]:
    """Ask the gateway each second until every message is completed; return them in order, in their current state."""
    mine = Message.objects.filter(pk__in=[message.pk for message in messages])
    deadline = time.monotonic() + LONGEST_WAIT_SECONDS
    while mine.exclude(state__in=FINAL_STATES).exists() and time.monotonic() < deadline:
        time.sleep(1)
        worker.run_due()
        worker.refresh(mine)
    return list(mine.order_by("pk"))
