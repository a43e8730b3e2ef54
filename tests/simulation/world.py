"""One site with its workers, its people and its bad luck, from the seed to the end of its story."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection, connections
from django.test.utils import override_settings

from tests import doors
from tests.machine.healing import PATIENCE_SECONDS
from tests.moments import replaced
from tests.simulation import deeds, promises, upsets, watch
from tests.simulation.backend.base import Seat
from tests.simulation.baton import CALM, Actor, Baton
from tests.simulation.clock import virtual
from tests.simulation.network import KEYS, Network
from tests.simulation.profile import Profile, draw
from viber_messaging import api
from viber_messaging.models import Campaign, Message, Recipient, RecipientGroup
from viber_messaging.states import CampaignState

PAUSES_SECONDS = (1.0, 5.0, 30.0, 90.0)
"""Between two rounds of a worker: shorter ones find more together, longer ones cost less where nothing is due."""


class World:
    """What happens for one seed."""

    def __init__(self, seed: int, file: Path, profile: Profile | None = None) -> None:
        self.baton = Baton(seed)
        self.chance = self.baton.random
        self.profile: Profile = profile or draw(self.chance)
        self.network = Network(self.baton, self.profile.storminess, may_repeat=not self.profile.account_changes)
        self.file = file
        self.broken = self.network.broken
        self.edges: set[tuple[str, str]] = set()
        self.marked: set[int] = set()
        """Keys of messages that a person said were sent."""
        self.opted_out: set[str] = set()
        """Phones of people who opted out at any time."""
        self.has_lost_rows = False
        self.restored_at = -1.0
        """When the database was last put back."""
        self._names = 0
        self.account = 0
        self._at_work = 0

    def live(self) -> None:
        """Live through it all; what went wrong is in ``broken``."""
        with self._stage():
            watch.begin()
            self._people_the_site()
            self.baton.chances = self.profile.chances
            self._begin()
            connections.close_all()  # the file may be replaced
            self.baton.run()
            self.look()
            if not self.broken:
                self._heal()
                self.look()
                self.broken += promises.broken(self)
            self.baton.note("ends")

    @contextmanager
    def _stage(self) -> Iterator[None]:
        """Put everything in its place for as long as the story lasts."""
        options = {**settings.DATABASES["default"]["OPTIONS"]}
        options["transaction_mode"] = "DEFERRED" if self.profile.is_deferred else "IMMEDIATE"
        connections.settings["default"] |= {"NAME": str(self.file), "OPTIONS": options}
        connections.close_all()
        del connections["default"]
        with ExitStack() as stack:
            stack.callback(connections.close_all)
            stack.enter_context(virtual(self.baton))
            stack.enter_context(self.network.up())
            stack.enter_context(replaced("the turns of healing", doors.turns()))
            stack.enter_context(self._settings())
            Seat.baton = self.baton
            stack.callback(setattr, Seat, "baton", None)
            yield

    @contextmanager
    def _settings(self) -> Iterator[None]:
        self._use: Any = None
        self.take_account(0)
        try:
            yield
        finally:
            self._use.disable()

    def take_account(self, number: int) -> None:
        """Send through this account from now on."""
        if self._use is not None:
            self._use.disable()
        self.account = number
        written = {**settings.VIBER_MESSAGING, **self.profile.settings, "API_KEY": KEYS[number]}
        self._use = override_settings(VIBER_MESSAGING=written)
        self._use.enable()

    def new_name(self, kind: str) -> str:
        """Return a name for what somebody means to send."""
        self._names += 1
        return f"{kind}{self._names}"

    def _people_the_site(self) -> None:
        for phone, name in zip(deeds.PHONES[::2], deeds.GROUPS * len(deeds.PHONES), strict=False):
            recipient = Recipient.objects.get_or_create(phone=phone, defaults={"name": "Bob"})[0]
            RecipientGroup.objects.get_or_create(name=name)[0].recipients.add(recipient)

    def _begin(self) -> None:
        for number in range(self.profile.workers):
            self._start(f"worker {number + 1}", self._work)
        for number in range(self.profile.nudges):
            self._start(f"task {number + 1}", self._work_now_and_then)
        for number in range(self.profile.people):
            self._at_work += 1
            self._start(f"person {number + 1}", self._one_who_does(self.profile.deeds))
        self._at_work += 1
        self.baton.start(Actor("operator", self._upset_all, may_die=False))

    def _start(self, name: str, act: Callable[[], None], after_seconds: float = 0.0) -> None:
        """Start a process, and a successor if it dies."""
        skew = self.chance.uniform(-1, 1) * self.profile.skew_seconds

        def follow() -> None:
            self._start(name, act, self.chance.uniform(0, 60))

        self.baton.start(Actor(name, act, skew_seconds=skew, follow=follow), after_seconds)

    def _work(self) -> None:
        while self._at_work:
            self._round()
            self.baton.sleep(self.chance.choice(PAUSES_SECONDS))

    def _work_now_and_then(self) -> None:
        while self._at_work:
            self.baton.sleep(self.chance.uniform(1, 60))
            self._round()

    def _upset_all(self) -> None:
        upsets.happen(self)
        self._at_work -= 1

    def _round(self) -> None:
        try:
            doors.work()
        except (DatabaseError, InterfaceError):
            self.baton.note("the database failed")
            connection.close()

    def _one_who_does(self, count: int) -> Callable[[], None]:
        left = [count]

        def act() -> None:
            while left[0]:
                left[0] -= 1
                self.baton.sleep(self.chance.choice((0.0, 1.0, 20.0, 400.0)))
                self._do(self.chance.choices(list(deeds.DEEDS), list(deeds.DEEDS.values()))[0])
            self._at_work -= 1

        return act

    def _do(self, deed: Callable[[Any], None]) -> None:
        self.baton.note(deed.__name__)
        try:
            deed(self)
        except deeds.REFUSALS as error:
            self.baton.note(f"is told {type(error).__name__}")
            connection.close()

    def look(self) -> None:
        """Take down what the database has seen since it was made or put back."""
        self.broken += watch.wrong()
        self.edges |= watch.edges()

    def _heal(self) -> None:
        """Put all right, and let one worker and one person do what is left, until nothing is."""
        self.baton.chances = CALM
        self.network.storminess = 0.0
        self.baton.wall_offset = max(self.baton.wall_offset, 0.0)
        self.baton.start(Actor("healer", self._do_what_is_left, may_die=False))
        self.baton.run()

    def _do_what_is_left(self) -> None:
        deeds.let_go_on(self)
        for seconds in PATIENCE_SECONDS:
            self.baton.sleep(seconds)
            for campaign in Campaign.objects.filter(state=CampaignState.PAUSED):
                api.resume_campaign(campaign)
            deeds.decide(self)
            deeds.let_go_on(self)
            self._round()
            if not any(promises.unsettled(self)):
                break
        self.baton.sleep(7200)
        doors.ask_now(Message.objects.all())
        self._round()
