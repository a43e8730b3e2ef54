"""People who import spreadsheets while campaigns are made of the same groups, and may die at it at a named point.

``python -m tests.chaos.importer 0``: an uploader of this number, one of several. Each also confirms what others left.
"""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice

from tests.chaos import audience
from tests.chaos.audience import Row, mark, newcomers, respelt

POINTS = (
    "after the upload", "after the judgement", "amid the import", "amid a batch of the import",
    "before the import's commit", "after the import",
)  # fmt: skip
DEADLY = (
    "the upload", "the judgement of an upload", "the import's insert", "a batch of the import",
    "the import's last step", "the import",
)  # fmt: skip
"""After which of the moments each of the points comes."""
TIMES = 10
"""As likely to die at a point as a worker, who comes to many more of them."""
REPEATED = 10
IMPORTS = 5000
"""Of one uploader, at most."""
PAUSE_SECONDS = 0.3


def main() -> None:
    """Import until ended."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.chaos.settings")
    import django

    django.setup()
    plant()
    uploader = int(sys.argv[1])
    while True:
        step(uploader)
        time.sleep(PAUSE_SECONDS)


def plant() -> None:
    """Wrap the steps of an import so that the process may end right after each."""
    from tests import moments
    from tests.chaos.worker import dying_after

    for moment, point in zip(DEADLY, POINTS, strict=True):
        moments.plant(moment, dying_after(moments.original(moment), point, times=TIMES))


def step(uploader: int) -> None:
    """Confirm what waits, else upload another spreadsheet while campaigns are still to come."""
    from viber_messaging.importing import DatabaseBusy
    from viber_messaging.importing.confirmation import AlreadyOver, confirm
    from viber_messaging.models import StagedImport

    waiting = StagedImport.objects.filter(done_at=None, is_judged=True).first()
    if waiting is not None:
        with suppress(AlreadyOver, DatabaseBusy):
            confirm(waiting, user=None)
    elif is_time_for_more():
        upload(uploader)


def is_time_for_more() -> bool:
    """Tell whether campaigns are still to come, and fewer people were entered than befits those that have begun."""
    from viber_messaging.models import Campaign, Recipient
    from viber_messaging.states import CampaignState

    drafts, total = Campaign.objects.filter(state=CampaignState.DRAFT).count(), Campaign.objects.count()
    known, entered = (
        Recipient.objects.filter(phone__startswith=beginning).count() for beginning in (audience.OWN, audience.IMPORTED)
    )
    return drafts > 0 and entered <= known * (total - drafts) / total


def upload(uploader: int) -> None:
    """Upload the next spreadsheet: new people into a group, and some who are known there, or opted out."""
    from viber_messaging.importing import Subject
    from viber_messaging.importing.intake import receive
    from viber_messaging.models import RecipientGroup, StagedImport

    number = uploader * IMPORTS + StagedImport.objects.filter(owner__startswith=f"uploader {uploader}:").count()
    group = number % RecipientGroup.objects.count()
    receive(
        audience.spreadsheet(rows(number, group)),
        "more.csv",
        owner=f"uploader {uploader}:{number}",
        subject=Subject.RECIPIENTS,
        options={"group": mark(group)},
    )


def rows(number: int, group: int) -> Iterator[Row]:
    """Yield the rows of one spreadsheet: newcomers, then people of the group in another spelling, and a wrong row."""
    from viber_messaging.models import Recipient

    for phone in newcomers(number):
        yield phone, f"N{phone[-5:]}", "Odesa"
    for beginning in (audience.OWN, audience.OPTED_OUT, audience.FICKLE):
        known = Recipient.objects.filter(phone__startswith=f"{beginning}{group:02d}").values_list("phone", flat=True)
        for phone in islice(known, REPEATED):
            yield respelt(phone), f"N{phone[-5:]}", f"Odesa {number}"
    yield "044", "nobody", ""


def violations() -> Iterator[str]:
    """C15, S12: each import was written whole or not at all, and nobody who opted out was blocked no more."""
    from viber_messaging.models import ConsentChange, Recipient, StagedImport

    for owner, done_at, options in StagedImport.objects.values_list("owner", "done_at", "options"):
        if not owner.startswith("uploader"):
            continue
        people = Recipient.objects.filter(phone__in=newcomers(int(owner.split(":")[1])))
        found = (people.count(), people.filter(groups__name=options["group"]).count())
        if found != (audience.PEOPLE_IN_AN_IMPORT * bool(done_at),) * 2:
            yield f"of an import {'confirmed' if done_at else 'not confirmed'} there are {found} of the people"
    wishes = dict(ConsentChange.objects.order_by("-pk").values_list("phone", "created_at"))
    opted_out = dict(Recipient.objects.filter(phone__in=wishes).values_list("phone", "opted_out_at"))
    if unblocked := sum(opted_out[phone] != moment for phone, moment in wishes.items()):
        yield f"{unblocked} people who had opted out can be written to, or since another time"


if __name__ == "__main__":
    main()
