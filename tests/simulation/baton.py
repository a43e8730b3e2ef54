"""Who acts next: one thread at a time, chosen by the seed at every statement, request and look at a clock.

Each actor is a thread with its own connections, as a process has. All wait but the one that holds the baton, and the
time is virtual: it passes a little at each step, and up to the next one who wakes if everybody sleeps.
"""

import heapq
import random
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import count
from typing import Any

from django.db import connections

STEP_SECONDS = 0.001
LONGEST_RUN_STEPS = 60_000
LINES_KEPT = 4000


class Ended(BaseException):
    """Ends an actor as SIGKILL would: nothing after it reaches the database or the gateway."""


class Endless(BaseException):
    """Nobody comes to an end."""


@dataclass(eq=False)
class Actor:
    """A process of the site, or a person at one."""

    name: str
    act: Callable[[], None]
    may_die: bool = True
    skew_seconds: float = 0.0
    """How far its wall clock is from the true time."""
    dies_at: int = 0
    """The number of its own step at which it dies for sure; 0 for none."""
    steps: int = 0
    wakes_at: float = 0.0
    is_dead: bool = False
    is_over: bool = False
    has_frozen: bool = False
    """Whether what it does may come long after what it has seen."""
    follow: Callable[[], None] | None = None
    """Called once it is dead, to start a successor."""
    raw: list[Any] = field(default_factory=list)
    """Its connections to the database."""
    turn: Any = field(default_factory=threading.Lock)

    def die(self) -> None:
        """Lose the connections, and with them what is not committed."""
        self.is_dead, self.wakes_at = True, 0.0
        for connection in self.raw:
            connection.close()


@dataclass(slots=True)
class Chances:
    """The probability, at each step, that something happens to the actor."""

    switch: float = 0.0
    death: float = 0.0
    freeze: float = 0.0
    refusal: float = 0.0
    """Of a statement, as by a deadlock."""
    deafness: float = 0.0
    """Of not hearing that a commit was made."""


CALM = Chances(switch=0.02)


class Baton:
    """Hands itself from actor to actor."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.chances = CALM
        self.now = 0.0
        self.steps = 0
        self.wall_offset = 0.0
        """How far somebody set all wall clocks from the true time."""
        self.actors: list[Actor] = []
        self.lines: list[str] = []
        self.failures: list[BaseException] = []
        self._digest = blake2b(digest_size=8)
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._order = count()
        self._local = threading.local()
        self._main = threading.Lock()
        self._main.acquire()

    @property
    def me(self) -> Actor | None:
        """The actor that runs in this thread; None in the thread that runs the simulation."""
        return getattr(self._local, "actor", None)

    @property
    def digest(self) -> str:
        """A digest of the whole trace."""
        return self._digest.hexdigest()

    def note(self, what: str) -> None:
        """Add a line to the trace."""
        line = f"{self.now:.3f} {self.me.name if self.me else '-'} {what}"
        self._digest.update(line.encode())
        self.lines.append(line)
        if len(self.lines) > 2 * LINES_KEPT:
            del self.lines[:LINES_KEPT]

    def start(self, actor: Actor, after_seconds: float = 0.0) -> None:
        """Let an actor begin, once it is chosen."""
        actor.wakes_at = self.now + after_seconds
        actor.turn.acquire()
        self.actors.append(actor)
        threading.Thread(target=self._live, args=(actor,), daemon=True, name=actor.name).start()

    def at(self, seconds: float, act: Callable[[], None]) -> None:
        """Call ``act`` after this many virtual seconds."""
        heapq.heappush(self._events, (self.now + seconds, next(self._order), act))

    def pause(self, what: str) -> None:
        """Stand at a point where others may act, and where this actor may freeze or die."""
        if (me := self.me) is None:
            return
        self._stay_alive(me)
        self.note(what)
        self.steps += 1
        if self.steps > LONGEST_RUN_STEPS:
            raise Endless(f"after {self.steps} steps")
        self._advance_to(self.now + STEP_SECONDS)
        me.steps += 1
        if me.steps == me.dies_at or (me.may_die and self.random.random() < self.chances.death):
            self.note("dies")
            me.die()
            raise Ended
        if me.may_die and self.random.random() < self.chances.freeze:
            me.wakes_at = self.now + self.random.choice((1, 10, 40, 400, 4000))
            me.has_frozen = True
            self.note("freezes")
        if me.wakes_at > self.now or self.random.random() < self.chances.switch:
            self._hand_on(me)

    def sleep(self, seconds: float) -> None:
        """Sleep while others act."""
        if (me := self.me) is None:
            return
        self._stay_alive(me)
        me.wakes_at = self.now + seconds
        self._hand_on(me)

    def end_others(self) -> None:
        """End all actors except the one that calls this."""
        for actor in self.actors:
            if actor is not self.me and not actor.is_over:
                actor.die()

    def run(self) -> None:
        """Let all act until each is over; raise what one of them raised."""
        self._choose().release()
        self._main.acquire()
        self.actors.clear()
        if self.failures:
            raise self.failures[0]

    @staticmethod
    def _stay_alive(me: Actor) -> None:
        if me.is_dead:
            raise Ended

    def _hand_on(self, me: Actor) -> None:
        chosen = self._choose()
        if chosen is not me.turn:
            chosen.release()
            me.turn.acquire()
        self._stay_alive(me)

    def _choose(self) -> Any:
        """Return the lock of who acts next."""
        alive = [actor for actor in self.actors if not actor.is_over]
        if not alive:
            return self._main
        if not any(actor.wakes_at <= self.now for actor in alive):
            self._advance_to(min(actor.wakes_at for actor in alive))
        ready = [actor for actor in alive if actor.wakes_at <= self.now]
        return self.random.choice(ready).turn

    def _advance_to(self, until: float) -> None:
        while self._events and self._events[0][0] <= until:
            at, _order, act = heapq.heappop(self._events)
            self.now = max(self.now, at)
            act()
        self.now = max(self.now, until)

    def _live(self, actor: Actor) -> None:
        actor.turn.acquire()
        self._local.actor = actor
        try:
            self._stay_alive(actor)
            actor.act()
        except Ended:
            if actor.follow is not None and not self.failures:
                actor.follow()
        except BaseException as error:  # noqa: BLE001 (raised again in the thread that runs the simulation)
            self.failures.append(error)
            self.end_others()
        finally:
            actor.is_over = True
            connections.close_all()
            self._choose().release()
