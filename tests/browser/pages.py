"""Every page of ours, and the way to it."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from tests.spreadsheets import files

if TYPE_CHECKING:
    from tests.browser.scenery import Scenery

ROWS = [
    ("Телефон", "Ім'я", "Місто"),
    ("097 111-22-33", "Олена Коваль", "Київ"),
    ("0971234500", "Олена Коваленко", "Київ"),
    ("0971234511", "Степан", "Одеса"),
    ("3.80971E+11", "Марко", "Суми"),
]
NUMBERS = "097 123-45-67\n050 123 45 67; 0501234567\nОлена"

Step = Callable[[Any], None]


def addresses(site: "Scenery") -> Mapping[str, str]:
    """Return the pages that an address alone leads to, below ``/admin/viber_messaging/``."""
    lists = ("message", "campaign", "recipient", "recipientgroup", "sender", "sendattempt", "consentchange")
    return {
        "dashboard": "",
        **{f"{name} list": f"{name}/" for name in lists},
        **{f"{name} add": f"{name}/add/" for name in ("message", "campaign", "recipient", "recipientgroup", "sender")},
        **{f"message {state}": f"message/{pk}/change/" for state, pk in site.messages.items()},
        **{f"campaign {state}": f"campaign/{pk}/change/" for state, pk in site.campaigns.items()},
        "messages about": f"message/?about=viber_messaging.sender:{site.sender}",
        "campaign review": f"campaign/{site.campaigns['draft']}/review/",
        "recipient": f"recipient/{site.recipient}/change/",
        "recipient opted out": f"recipient/{site.opted_out}/change/",
        "group": f"recipientgroup/{site.group}/change/",
        "group copy": f"recipientgroup/{site.group}/copy/",
        "group numbers": f"recipientgroup/{site.group}/add-numbers/",
        "sender": f"sender/{site.sender}/change/",
        "attempt": f"sendattempt/{site.attempt}/change/",
        "consent": f"consentchange/{site.consent}/change/",
        "message history": f"message/{site.messages['read']}/history/",
        "message delete": f"message/{site.messages['draft']}/delete/",
        "opt out by list": "recipient/opt-out-list/",
        "report": "message/report/",
        "resend": "message/resend/",
        "stop all": "campaign/stop-all/",
        "import recipients": "recipient/import/",
        "import opt-outs": "consentchange/import/",
        "import messages": "message/import/",
    }


def ways(site: "Scenery") -> Mapping[str, tuple[str, Step]]:
    """Return the pages that something has to be pressed for: where to begin, and what to do there."""
    return {
        "message refused": ("message/add/", lambda page: press(page, "[name=_save]")),
        "several numbers question": ("message/add/", send_to_several),
        "send question": ("message/", lambda page: act(page, "send_selected")),
        "message found": ("message/", lambda page: look_for(page, "+380971234500")),
        "export": ("recipient/", lambda page: press(page, ".object-tools button")),
        "opt out by list preview": ("recipient/opt-out-list/", paste),
        "opt in question": ("recipient/?opted_out=yes", lambda page: act(page, "opt_in")),
        "merge question": ("recipientgroup/", lambda page: act(page, "merge_selected")),
        "delete question": ("sender/", lambda page: act(page, "delete_selected")),
        "import preview": ("recipient/import/", upload),
        "import columns": ("recipient/import/", lambda page: (upload(page), press(page, "a[href$='/columns/']"))),
        "import result": ("recipient/import/", lambda page: (upload(page), press(page, "[name=_import]"))),
    }


def press(page: Any, selector: str) -> None:
    """Press what leads to another page, and wait for that page."""
    with page.expect_navigation():
        page.click(selector)


def send_to_several(page: Any) -> None:
    """Send one text to two numbers, as far as the question."""
    page.select_option("[name=sender]", index=1)
    page.fill("[name=phone]", "097 111-22-33, 050 123-45-67")
    page.fill("[name=text]", "Завтра зачинено")
    press(page, "[name=_send]")


def look_for(page: Any, term: str) -> None:
    """Search a list."""
    page.fill("#searchbar", term)
    press(page, "#changelist-search [type=submit]")


def paste(page: Any) -> None:
    """Paste numbers, and look what would be done with them."""
    page.fill("#id_numbers", NUMBERS)
    press(page, ".submit-row .default")


def act(page: Any, action: str) -> None:
    """Choose everything on a list, and an action."""
    page.check("#action-toggle")
    page.select_option("[name=action]", action)
    press(page, "[name=index]")


def upload(page: Any) -> None:
    """Upload a spreadsheet, and look at the preview."""
    content = files.workbook(ROWS).getvalue()
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    page.set_input_files("#id_file", {"name": "клієнти.xlsx", "mimeType": kind, "buffer": content})
    press(page, ".submit-row .default")
