"""Everything that may happen to a site that sends, in any order; after each step the promises are looked at."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, ClassVar

from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.machine import healing, promises
from tests.machine.moments import BETWEEN_TRANSACTIONS, MOMENTS, when
from tests.machine.weather import FAIR, KINDS, Weather
from tests.machine.world import World
from viber_messaging.sandbox import Sandbox
from viber_messaging.sandbox.faults.scenarios import BY_NAME

ODD_PHONES = (
    *("refused-203", "error-201", "error-212", "dropped", "lost-answer", "cut", "half", "garbage", "http-502"),
    *("left-out", "strange-code", "unclear", "stuck", "undelivered", "read", "refused-208"),
)
PHONES = ("+380971234567", "+380501234567", *(BY_NAME[name].phone for name in ODD_PHONES))
HOUR, DAY = 3600, 86400
FAVOURITES = ("after the answer", "after the claim", "amid the record", "after the status")

phones = st.lists(st.sampled_from(PHONES[:2]) | st.sampled_from(PHONES), min_size=1, max_size=5)
answers = st.just(FAIR) | st.builds(
    Weather,
    st.sampled_from(KINDS),
    st.sampled_from((1, 3, 1000)),
    st.sampled_from((None, "message-viber", "status")),
)
which = st.just(0) | st.integers(0, 5)
limits = st.integers(1, 4)
spans = st.sampled_from((31, 301, 25 * HOUR, 1, 1000, 2 * DAY))
settings_of_the_clock = st.sampled_from((-HOUR, HOUR, -10, -2 * DAY, 2 * DAY))
places = st.sampled_from((1, 1, 1, 2, 3))
moments = st.sampled_from(FAVOURITES) | st.sampled_from(sorted(MOMENTS))
open_moments = st.sampled_from(sorted(BETWEEN_TRANSACTIONS))
deeds = st.one_of(
    st.tuples(st.just("round"), answers),
    st.tuples(st.just("inline"), which, answers),
    st.tuples(st.just("cancel"), which, answers),
    st.tuples(st.just("ask"), which, answers),
)
intrusions = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(("be_taken_for_dead", "ask_later", "wait_a_day", "sweep"))),
        st.tuples(st.just("be_replaced"), answers),
        st.tuples(st.just("be_replaced_by_a_sleeper"), limits),
        st.tuples(st.just("let_pass"), spans),
        st.tuples(st.just("set_by"), settings_of_the_clock),
        st.tuples(st.just("cancel"), which),
        st.tuples(st.sampled_from(("retry", "ask", "send_again", "opt_out")), which),
        st.tuples(st.just("round"), answers),
    ),
    min_size=1,
    max_size=4,
)


def keep(sentences: Iterable[str]) -> None:
    """Fail with the sentences, if there are any."""
    told = list(sentences)
    assert not told, "; ".join(told)


class ExactlyOnce(RuleBasedStateMachine):
    """A site, its workers, its people, its gateway and its clock."""

    gateway: ClassVar[Sandbox]

    def __init__(self) -> None:
        super().__init__()
        self.world = World(self.gateway)

    def _act(self, deed: Any) -> None:
        name, *arguments = deed
        getattr(self.world, name)(*arguments)

    @initialize(phones=phones)
    def begin(self, phones: list[str]) -> None:
        self.world.queue(phones)

    @rule(phones=phones)
    def queue(self, phones: list[str]) -> None:
        self.world.queue(phones)

    @rule(answer=answers)
    def round(self, answer: Weather) -> None:
        self.world.round(answer)

    @rule(deed=deeds)
    def do(self, deed: Any) -> None:
        self._act(deed)

    @rule(deed=deeds, moment=moments, nth=places, is_seen=st.booleans())
    def die(self, deed: Any, moment: str, nth: int, is_seen: bool) -> None:
        with self.world.dying(moment, nth):
            self._act(deed)
        if is_seen:
            self.world.be_taken_for_dead()

    @rule(deed=deeds, moment=open_moments, nth=places, meanwhile=intrusions)
    def be_overtaken(self, deed: Any, moment: str, nth: int, meanwhile: list[Any]) -> None:
        with when(moment, lambda: self.let_others_act(meanwhile), nth=nth):
            self._act(deed)

    @rule(deed=deeds, meanwhile=intrusions)
    def be_overtaken_while_asking(self, deed: Any, meanwhile: list[Any]) -> None:
        self.be_overtaken(deed, "after the status", 1, meanwhile)

    @rule(moment=st.sampled_from(("after the answer", "after the claim")), meanwhile=intrusions, answer=answers)
    def be_overtaken_while_sending(self, moment: str, meanwhile: list[Any], answer: Weather) -> None:
        self.be_overtaken(("round", answer), moment, 1, meanwhile)

    @rule(limit=limits, answer=answers, is_late=st.booleans())
    def share(self, limit: int, answer: Weather, is_late: bool) -> None:
        self.world.share(limit, answer, is_late=is_late)

    @rule(limit=limits)
    def claim(self, limit: int) -> None:
        self.world.take(limit)

    @precondition(lambda self: self.world.asleep)
    @rule(which=which, answer=answers, is_late=st.booleans())
    def finish(self, which: int, answer: Weather, is_late: bool) -> None:
        self.world.finish(which, answer, is_late=is_late)

    @precondition(lambda self: self.world.asleep)
    @rule(which=which, answer=answers, is_late=st.booleans())
    def post(self, which: int, answer: Weather, is_late: bool) -> None:
        self.world.post(which, answer, is_late=is_late)

    @precondition(lambda self: self.world.unrecorded)
    @rule(which=which)
    def record(self, which: int) -> None:
        self.world.record(which)

    @rule(meanwhile=intrusions)
    def let_others_act(self, meanwhile: list[Any]) -> None:
        for intrusion in meanwhile:
            self._act(intrusion)

    @rule(seconds=spans)
    def let_time_pass(self, seconds: int) -> None:
        self.world.let_pass(seconds)

    @rule(seconds=settings_of_the_clock)
    def set_the_clock(self, seconds: int) -> None:
        self.world.set_by(seconds)

    @rule(decision=st.sampled_from(("send_again", "retry", "opt_out", "mark_sent", "edit")), which=which)
    def decide(self, decision: str, which: int) -> None:
        getattr(self.world, decision)(which)

    @rule()
    def try_now(self) -> None:
        self.world.resume()

    @rule(days=st.sampled_from((1, 0)))
    def prune(self, days: int) -> None:
        self.world.prune(timezone.now() - timedelta(days=days))

    @rule()
    def back_up(self) -> None:
        self.world.back_up()

    @rule()
    def restore(self) -> None:
        self.world.restore()

    @invariant()
    def every_promise_is_kept(self) -> None:
        keep(promises.broken(self.world))

    def teardown(self) -> None:
        try:
            keep(promises.broken(self.world))
            healing.heal(self.world)
            keep(promises.broken(self.world))
            keep(healing.unsettled(self.world))
            keep(healing.lies(self.world))
        finally:
            self.world.close()
