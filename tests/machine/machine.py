"""Everything that may happen to a site that sends, in any order; after each step the promises are looked at."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, ClassVar

from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, multiple, rule

from tests.machine import healing, promises
from tests.machine.moments import BETWEEN_TRANSACTIONS, MOMENTS, when
from tests.machine.weather import FAIR, KINDS, Weather
from tests.machine.world import Unrecorded, World
from viber_messaging.delivery.claims import ClaimedPackage
from viber_messaging.sandbox import Sandbox
from viber_messaging.sandbox.scenarios import BY_NAME

ODD_PHONES = (
    *("refused-203", "error-201", "error-212", "dropped", "lost-answer", "cut", "half", "garbage", "http-502"),
    *("left-out", "strange-code", "unclear", "stuck", "undelivered", "read"),
)
PHONES = ("+380971234567", "+380501234567", *(BY_NAME[name].phone for name in ODD_PHONES))
HOUR, DAY = 3600, 86400
SPANS = (1, 31, 61, 301, HOUR, 25 * HOUR, 2 * DAY)

phones = st.lists(st.sampled_from(PHONES), min_size=1, max_size=5)
answers = st.just(FAIR) | st.builds(
    Weather,
    st.sampled_from(KINDS),
    st.sampled_from((1, 3, 1000)),
    st.sampled_from(("message-viber", "status", None)),
)
which = st.integers(0, 5)
spans = st.sampled_from(SPANS)
numbers = st.integers(1, 3)
intrusions = st.lists(
    st.one_of(
        st.tuples(st.just("round"), answers),
        st.tuples(st.just("let_pass"), spans),
        st.tuples(st.just("sweep")),
        st.tuples(st.just("cancel"), which),
        st.tuples(st.just("retry"), which),
        st.tuples(st.just("ask"), which),
        st.tuples(st.just("send_again"), which),
        st.tuples(st.just("set_by"), st.sampled_from((-HOUR, HOUR))),
    ),
    min_size=1,
    max_size=4,
)
Owner = tuple[int, ClaimedPackage]
Late = tuple[int, Unrecorded]


def keep(sentences: Iterable[str]) -> None:
    """Fail with the sentences, if there are any."""
    told = list(sentences)
    assert not told, "; ".join(told)


class ExactlyOnce(RuleBasedStateMachine):
    """A site, its workers, its people, its gateway and its clock."""

    gateway: ClassVar[Sandbox]
    owners: Bundle[Owner] = Bundle("owners")
    answered: Bundle[Late] = Bundle("answered")

    def __init__(self) -> None:
        super().__init__()
        self.world = World(self.gateway)

    @initialize(phones=phones)
    def begin(self, phones: list[str]) -> None:
        self.world.queue(phones)

    @rule(phones=phones)
    def queue(self, phones: list[str]) -> None:
        self.world.queue(phones)

    @rule(answer=answers)
    def round(self, answer: Weather) -> None:
        self.world.round(answer)

    @rule(which=which, answer=answers)
    def inline(self, which: int, answer: Weather) -> None:
        self.world.inline(which, answer)

    @rule(moment=st.sampled_from(sorted(MOMENTS)), nth=numbers, answer=answers)
    def die_in_a_round(self, moment: str, nth: int, answer: Weather) -> None:
        with self.world.dying(moment, nth):
            self.world.round(answer)

    @rule(moment=st.sampled_from(sorted(BETWEEN_TRANSACTIONS)), nth=numbers, answer=answers, meanwhile=intrusions)
    def be_overtaken_in_a_round(self, moment: str, nth: int, answer: Weather, meanwhile: list[Any]) -> None:
        def intrude() -> None:
            for name, *arguments in meanwhile:
                getattr(self.world if hasattr(self.world, name) else self.world.time, name)(*arguments)

        with when(moment, intrude, nth=nth):
            self.world.round(answer)

    @rule(target=owners, limit=st.integers(1, 4))
    def claim(self, limit: int) -> Any:
        package = self.world.take(limit)
        return multiple() if package is None else (self.world.generation, package)

    @rule(owner=consumes(owners), answer=answers, is_late=st.booleans())
    def finish(self, owner: Owner, answer: Weather, is_late: bool) -> None:
        if owner[0] == self.world.generation:
            self.world.deliver(owner[1], answer, is_late=is_late)

    @rule(target=answered, owner=consumes(owners), answer=answers, is_late=st.booleans())
    def post(self, owner: Owner, answer: Weather, is_late: bool) -> Any:
        if owner[0] != self.world.generation:
            return multiple()
        unrecorded = self.world.deliver_without_record(owner[1], answer, is_late=is_late)
        return multiple() if unrecorded is None else (self.world.generation, unrecorded)

    @rule(late=consumes(answered))
    def record(self, late: Late) -> None:
        if late[0] == self.world.generation:
            self.world.record(late[1])

    @rule()
    def sweep(self) -> None:
        self.world.sweep()

    @rule(seconds=spans)
    def let_time_pass(self, seconds: int) -> None:
        self.world.time.let_pass(seconds)

    @rule(seconds=spans, sign=st.sampled_from((1, -1)))
    def set_the_clock(self, seconds: int, sign: int) -> None:
        self.world.time.set_by(sign * seconds)

    @rule(which=which, answer=answers)
    def cancel(self, which: int, answer: Weather) -> None:
        self.world.cancel(which, answer)

    @rule(which=which, answer=answers)
    def ask_again(self, which: int, answer: Weather) -> None:
        self.world.ask(which, answer)

    @rule(decision=st.sampled_from(("send_again", "retry", "mark_sent", "edit")), which=which)
    def decide(self, decision: str, which: int) -> None:
        getattr(self.world, decision)(which)

    @rule(phone=st.none() | st.sampled_from(PHONES[:4]))
    def try_now_or_opt_out(self, phone: str | None) -> None:
        self.world.resume() if phone is None else self.world.opt_out(phone)

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
