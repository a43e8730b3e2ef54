"""What a site does all day, done in a process whose database is behind the pooler. Each prints what came of it."""

import io
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

PEOPLE = 2500
"""More than one piece of an export, and more than one batch of a cursor; another person opted out."""


def populate() -> None:
    """Enter people with a group, and a campaign to them that is started."""
    from tests import doors
    from viber_messaging.models import Campaign, Recipient, RecipientGroup, Sender

    Sender.objects.create(name="SMSTest")
    group = RecipientGroup.objects.create(name="Friends")
    numbers = range(PEOPLE)
    Recipient.objects.bulk_create(
        Recipient(phone=f"+38067{number:07d}", name=f"N{number}", attributes={"city": "Lviv"}) for number in numbers
    )
    group.recipients.add(*Recipient.objects.all())
    doors.opt_out(["+380971234567"], source="code")
    campaign = Campaign.objects.create(name="Spring", sender="SMSTest", text="Hello {name}")
    campaign.groups.add(group)
    assert doors.start(campaign)


def exports() -> None:
    """Print how many lines each export has, the heading among them."""
    from viber_messaging.exports import Format, export_messages, export_recipients
    from viber_messaging.models import Message, Recipient
    from viber_messaging.resources import RecipientResource

    found = {}
    for kind in Format:
        recipients, messages = io.BytesIO(), io.BytesIO()
        export_recipients(Recipient.objects.all(), recipients, kind)
        export_messages(Message.objects.filter(campaign__name="Spring"), messages, kind)
        found[kind] = [_lines(recipients, kind), _lines(messages, kind), 1 + len(RecipientResource().export())]
    print(json.dumps(found))


def _lines(file: io.BytesIO, kind: str) -> int:
    if kind == "csv":
        return file.getvalue().decode("utf-8-sig").strip().count("\n") + 1
    import openpyxl

    return sum(1 for _ in openpyxl.load_workbook(file, read_only=True).active.iter_rows())


def statistics() -> None:
    """Print how many messages each statistic counts."""
    from viber_messaging import statistics
    from viber_messaging.statistics.tally import today

    standing = statistics.standing()
    report = statistics.report(statistics.Scope(first=today() - timedelta(days=1), last=today()), is_fresh=True)
    found = {
        "states": sum(report.period.states.values()),
        "prefixes": sum(sum(states.values()) for states in report.prefixes.values()),
        "days": [sum(period.states.values()) for period in statistics.periods(is_fresh=True)],
        "delays": [delay.count for delay in statistics.delays(is_fresh=True).values()],
        "waiting": statistics.figures(standing)["waiting"],
        "complaints": list(statistics.complaints(standing, oldest=timedelta(hours=1))),
    }
    print(json.dumps(found))


def pages() -> None:
    """Open every page of the admin as a superuser does, and post to it; print what failed."""
    from django.contrib.auth.models import User
    from django.test import Client
    from django.test.utils import override_settings

    from tests import doors
    from tests.admin.site import access, test_matrix

    client = Client(raise_request_exception=False)
    client.force_login(User.objects.create_superuser("boss"))
    failed = []
    with override_settings(ALLOWED_HOSTS=["testserver"]):
        for name in access.DOORS:
            url = test_matrix.url_of(name, _objects())
            asked = access.ASKED.get(name, {})
            failed += [f"{how} {name}" for how, answer in _answers(client, url, asked) if answer.status_code >= 500]
    doors.let_go_on()  # one of the pages stops all sending
    print(json.dumps(failed))


def _answers(client: Any, url: str, asked: dict[str, str]) -> Iterator[tuple[str, Any]]:
    for how, answer in (("GET", client.get(url)), ("POST", client.post(url, asked))):
        yield how, answer
        answer.close()


def _objects() -> dict[str, Any]:
    """Return one of each model, by the name of the model."""
    from viber_messaging.models import (
        Campaign,
        ConsentChange,
        Message,
        Recipient,
        RecipientGroup,
        SendAttempt,
        Sender,
    )

    models = (Campaign, ConsentChange, Message, Recipient, RecipientGroup, SendAttempt, Sender)
    return {model._meta.model_name: model._default_manager.first() for model in models}


def downloads() -> None:
    """Export by the admin's pages; print how many lines each file has."""
    from django.contrib.auth.models import User
    from django.test import Client
    from django.test.utils import override_settings
    from django.urls import reverse
    from django.utils.timezone import localdate

    from viber_messaging.models import Campaign

    client = Client()
    client.force_login(User.objects.create_superuser("clerk"))
    campaign = reverse("admin:viber_messaging_campaign_export", args=[Campaign.objects.get().pk])
    lists = [reverse(f"admin:viber_messaging_{name}_export") for name in ("recipient", "message")]
    report = reverse("admin:viber_messaging_message_report_messages")
    days = {"first": f"{localdate()}", "last": f"{localdate()}", "who": "all", "format": "csv"}
    asked = [(url, {"scope": "all", "format": "csv"}) for url in lists]
    asked += [(campaign, {"who": "all", "format": "csv"}), (report, days)]
    with override_settings(ALLOWED_HOSTS=["testserver"]):
        answers = [client.post(url, data) for url, data in asked]
        print(json.dumps([b"".join(answer.streaming_content).count(b"\n") for answer in answers]))
