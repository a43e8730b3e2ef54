"""Every single crash: each deed, each weather, at each of its steps: ``python -m tests.simulation --crashes -1``.

Each deed is first done without a crash, to count its steps. It is then repeated with a crash at each of these steps.
Another worker heals what is left, and every promise must hold. Each case runs alone and beside another worker.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.db import connections
from django.utils import timezone

from tests import doors
from tests.machine.weather import LOST_BEFORE, NOT_SENT, ODD
from tests.simulation import deeds
from tests.simulation.baton import CALM, Actor
from tests.simulation.network import AT_ONCE, LATE, LOST_AFTER, NOBODY_THERE, TWICE
from tests.simulation.outcome import Outcome
from tests.simulation.profile import Profile
from tests.simulation.run import fresh, outcome_of
from tests.simulation.world import World
from viber_messaging import api
from viber_messaging.models import Message

WELL = ""
KINDS = (WELL, NOBODY_THERE, LATE, TWICE, AT_ONCE, *NOT_SENT, *LOST_BEFORE, *LOST_AFTER, *ODD)
LONG_AFTER = 400.0
"""Seconds after which a claim has run out, and a status or a doubt is due."""
QUIET = Profile(
    workers=0, people=0, nudges=0, deeds=0, chances=CALM, storminess=0.0, skew_seconds=0.0, restores=0,
    account_changes=0, clock_jumps=0, is_deferred=False, sms=0.0,
    settings={"DISPATCH": "worker", "PACKAGE_SIZE": 2, "INLINE_LIMIT": 3, "MAX_ATTEMPTS": 50, "READ_TIMEOUT": 10},
)  # fmt: skip


def _send(world: World) -> None:
    doors.work()


def _send_inline(world: World) -> None:
    doors.send_inline(list(Message.objects.values_list("pk", flat=True)))


def _cancel(world: World) -> None:
    doors.cancel(Message.objects.all())


def _ask(world: World) -> None:
    doors.ask_now(Message.objects.all())


def _order(world: World) -> None:
    """Save messages, one of them for later, and start a campaign."""
    for key in ("a", "b"):
        api.send_message(deeds.USUAL[0], f"{key} is ready", key=key, sender="SMSTest")
    later = timezone.now() + timedelta(hours=1)
    Message(sender="SMSTest", phone=deeds.USUAL[1], text="later", scheduled_at=later).save()
    deeds.campaign(world)


def _order_with_sms(world: World) -> None:
    """Save two messages that Viber does not deliver. When its SMS is due, the gateway still holds the second one."""
    for phone, minutes in (("+380990000105", None), ("+380990000313", 1)):
        name = world.new_name("s")
        api.send_message(phone, f"{name} by Viber", sender="SMSTest", sms_text=f"{name} by SMS", sms_after=minutes)


def _wait(world: World) -> None:
    world.baton.sleep(LONG_AFTER)


@dataclass(frozen=True, kw_only=True)
class Scene:
    """What has happened before, and what is done now."""

    before: tuple[Callable[[World], None], ...] = (_order,)
    deed: Callable[[World], None]


SCENES: Mapping[str, Scene] = {
    "order": Scene(before=(), deed=_order),
    "send": Scene(deed=_send),
    "send inside a request": Scene(deed=_send_inline),
    "cancel what is queued": Scene(deed=_cancel),
    "cancel what is accepted": Scene(before=(_order, _send), deed=_cancel),
    "ask for statuses": Scene(before=(_order, _send), deed=_send),
    "ask again": Scene(before=(_order, _send), deed=_ask),
    "replace by SMS": Scene(before=(_order_with_sms, _send), deed=_send),
    "send the SMS": Scene(before=(_order_with_sms, _send, _wait, _send), deed=_send),
}


class Crash(World):
    """One deed, in one weather, that ends at one step."""

    def __init__(self, file: Path, scene: Scene, kind: str, dies_at: int, *, is_watched: bool) -> None:
        super().__init__(0, file, QUIET)
        self._scene = scene
        self._kind = kind
        self._is_watched = is_watched
        self.victim = Actor("victim", self._do_it, may_die=False, dies_at=dies_at)

    def _begin(self) -> None:
        connections.close_all()
        for deed in self._scene.before:
            self.baton.start(Actor("before", lambda deed=deed: deed(self), may_die=False))  # type: ignore[misc]
            self.baton.run()
        self.baton.now += LONG_AFTER if len(self._scene.before) > 1 else 1.0
        self.network.planned += [self._kind] if self._kind else []
        self.baton.start(self.victim)
        if self._is_watched:
            self.baton.start(Actor("another worker", self._work_beside, may_die=False))

    def _do_it(self) -> None:
        try:
            self._scene.deed(self)
        except deeds.REFUSALS as error:
            self.baton.note(f"is told {type(error).__name__}")

    def _work_beside(self) -> None:
        for _ in range(2):
            self._round()
            self.baton.sleep(1.0)


def every_crash(name: str, kind: str, *, is_watched: bool, empty: Path) -> Iterator[Outcome]:
    """Let the deed happen whole, and then once for each step at which it may end."""

    def crash(step: int) -> tuple[Crash, Outcome]:
        world = Crash(fresh(empty), SCENES[name], kind, step, is_watched=is_watched)
        return world, outcome_of(world, step)

    whole, outcome = crash(0)
    yield outcome
    for step in range(1, whole.victim.steps + 1):
        yield crash(step)[1]
