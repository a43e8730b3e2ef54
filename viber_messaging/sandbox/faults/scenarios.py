"""The table of deliberate faults: the one source of the behaviour, ``--help`` and the page.

A message to any other number is simply delivered.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from viber_messaging.gateway.codes import MessageCode, RequestCode
from viber_messaging.sandbox.faults import answers
from viber_messaging.sandbox.wire.responses import Manner


@dataclass(frozen=True, slots=True)
class Refusal:
    """The message is refused with every send."""

    code: int


@dataclass(frozen=True, slots=True)
class Fate:
    """The message is accepted, and its status then moves from code to code."""

    steps: tuple[tuple[float, int], ...]
    """(when, code): "when" is a multiple of the sandbox's ``seconds_to_deliver``, from the time the message is due."""


@dataclass(frozen=True, slots=True)
class Fault:
    """The whole request fails, before (``accepts`` is False) or after it is carried out."""

    accepts: bool
    rewrite: answers.Rewrite


@dataclass(frozen=True, slots=True)
class Oddity:
    """The request is carried out, but the results are answered in an odd way."""

    rearrange: answers.Rearrange


Behaviour = Refusal | Fate | Fault | Oddity


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One row of the table."""

    name: str
    phone: str
    summary: str
    behaviour: Behaviour
    is_persistent: bool = False
    """A fault applies only to a message's first submission; a persistent one applies to each."""
    by_sms: Refusal | Fate | None = None
    """What happens to an SMS; None if it is delivered. Faults and oddities apply to any message."""
    has_price: bool = True
    """Whether the gateway says what an SMS costs."""

    def behaviour_by(self, *, is_sms: bool) -> Behaviour | None:
        """Return what happens to a Viber message or to an SMS; None if it is simply delivered."""
        is_of_viber = isinstance(self.behaviour, Refusal | Fate)
        return self.by_sms if is_sms and is_of_viber else self.behaviour


def _refused(code: MessageCode) -> Scenario:
    return Scenario(
        name=f"refused-{code:d}",
        phone=f"+380990000{code:03d}",
        summary=f"Refused when sent: {code:d}, {code.phrase}.",
        behaviour=Refusal(code),
    )


def _fated(name: str, number: int, summary: str, *codes: int) -> Scenario:
    return Scenario(name=name, phone=f"+380990000{number:03d}", summary=summary, behaviour=_fate(*codes))


def _fate(*codes: int) -> Fate:
    return Fate((*ON_ITS_WAY, *((float(index), code) for index, code in enumerate(codes, start=1))))


def _without_viber(name: str, number: int, summary: str, by_sms: Refusal | Fate) -> Scenario:
    return Scenario(
        name=name,
        phone=f"+380990000{number:03d}",
        summary=f"Viber cannot deliver (105). {summary}",
        behaviour=_fate(MessageCode.UNDELIVERABLE),
        by_sms=by_sms,
    )


def _error(code: RequestCode, *, is_persistent: bool = False) -> Scenario:
    when = "Every time" if is_persistent else "The first time"
    return Scenario(
        name=f"error-{code:d}",
        phone=f"+380990001{code:03d}",
        summary=f"{when}, the request is refused as a whole: {code:d}, {code.phrase}. Nothing is accepted.",
        behaviour=Fault(accepts=False, rewrite=answers.refuse(code)),
        is_persistent=is_persistent,
    )


def _fault(name: str, number: int, summary: str, rewrite: answers.Rewrite, *, accepts: bool = True) -> Scenario:
    ending = "The request was carried out" if accepts else "Nothing was accepted"
    return Scenario(
        name=name,
        phone=f"+380990000{number:03d}",
        summary=f"The first time, {summary}. {ending}.",
        behaviour=Fault(accepts=accepts, rewrite=rewrite),
    )


def _http(status: int, *headers: tuple[str, str], accepts: bool = False, note: str = "") -> Scenario:
    summary = f"HTTP {status}{note}"
    return _fault(f"http-{status}", status, summary, answers.fail(status, *headers), accepts=accepts)


def _odd(name: str, number: int, summary: str, rearrange: answers.Rearrange) -> Scenario:
    return Scenario(
        name=name,
        phone=f"+380990000{number:03d}",
        summary=f"The first time, {summary}. The message is accepted.",
        behaviour=Oddity(rearrange),
    )


LATE = 100.0
"""As a multiple of the time that a delivery takes."""
ON_ITS_WAY: tuple[tuple[float, int], ...] = ((0.0, MessageCode.RECEIVED), (0.5, MessageCode.ENROUTE))
ORDINARY = Fate((*ON_ITS_WAY, (1.0, MessageCode.DELIVERED)))

SCENARIOS: tuple[Scenario, ...] = (
    _refused(MessageCode.ERR_UNKNOWN),
    _refused(MessageCode.ERR_ID),
    _refused(MessageCode.ERR_SENDER),
    _refused(MessageCode.ERR_RECIPIENT),
    _refused(MessageCode.ERR_LENGTH),
    _refused(MessageCode.ERR_BILLING),
    _refused(MessageCode.ERR_OVERLIMIT),
    _refused(MessageCode.ERR_DUPLICATE),
    _fated("stuck", 101, "Accepted, then stays en route (101) for good."),
    _fated("expired", 103, "Accepted, then expires (103).", MessageCode.EXPIRED),
    _fated("undelivered", 105, "Accepted, then cannot be delivered (105).", MessageCode.UNDELIVERABLE),
    _fated("unclear", 107, "Accepted, then the gateway does not know its status (107).", MessageCode.UNKNOWN),
    _fated("rejected", 108, "Accepted, then rejected (108).", MessageCode.REJECTED),
    _fated("discarded", 109, "Accepted, then discarded (109).", MessageCode.DISCARDED),
    _fated("not-supported", 111, "Accepted, then the operator is not supported (111).", MessageCode.NOT_SUPPORTED),
    _fated("read", 116, "Delivered (102), then read (116).", MessageCode.DELIVERED, MessageCode.READ),
    _fated("strange-status", 777, "Accepted, then an undocumented status (777).", answers.UNKNOWN_CODE),
    Scenario(
        name="no-viber",
        phone="+380990000310",
        summary="Viber cannot deliver (105), and nobody knows what an SMS costs; it is delivered.",
        behaviour=_fate(MessageCode.UNDELIVERABLE),
        has_price=False,
    ),
    _without_viber("sms-refused", 311, "The SMS is refused: 202, sender.", Refusal(MessageCode.ERR_SENDER)),
    _without_viber("sms-undelivered", 312, "Nor can the SMS be delivered (105).", _fate(MessageCode.UNDELIVERABLE)),
    Scenario(
        name="held-viber",
        phone="+380990000313",
        summary="Accepted, then the gateway holds it (1): it can still be deleted, and an SMS go instead.",
        behaviour=Fate(((0.0, MessageCode.RECEIVED),)),
    ),
    Scenario(
        name="late-viber",
        phone="+380990000314",
        summary="Accepted, then en route (101) for a long time, too late to be deleted; delivered (102) after all.",
        behaviour=Fate(((0.0, MessageCode.ENROUTE), (LATE, MessageCode.DELIVERED))),
    ),
    _fault("dropped", 1, "the connection is closed without an answer", answers.travel(Manner.DROPPED), accepts=False),
    _fault("lost-answer", 2, "the connection is closed without an answer", answers.travel(Manner.DROPPED)),
    _fault("reset", 3, "the connection is reset without an answer", answers.travel(Manner.RESET)),
    _fault("silence", 4, "no answer comes", answers.travel(Manner.SILENT)),
    _fault("slow", 5, "the answer takes a while", answers.travel(Manner.SLOW)),
    _fault("drip", 6, "the answer comes byte by byte", answers.travel(Manner.DRIPPING)),
    _fault("cut", 7, "half an answer comes, then the connection is closed", answers.travel(Manner.CUT)),
    _fault("half", 8, "half an answer comes, but claims to be complete", answers.halve),
    _fault("garbage", 9, "the answer is not XML", answers.say(b"\x00\xffOK 1\r\n\x80<<<")),
    _fault("empty", 10, "the answer is empty", answers.say(b"")),
    _fault("broken-gzip", 11, "the answer claims to be gzip, but is not", answers.break_gzip),
    _fault("doctype", 12, "the answer contains a DTD", answers.declare_doctype),
    _fault("bom", 13, "the answer begins with a byte order mark and an empty line", answers.lead_with_bom),
    _fault("other-wrapper", 14, "the answer's wrapper is <message>", answers.rename_wrapper),
    _fault("error-beside", 15, "there is an <error>200</error> beside the results", answers.add_error),
    _odd("left-out", 16, "the answer omits this message", answers.leave_out),
    _odd("other-order", 17, "the answer is in a different order", answers.reverse),
    _odd("spaces", 18, "there is white space around the code", answers.pad_code),
    _odd("strange-code", 19, "the answer's code is undocumented (777)", answers.say_unknown_code),
    _odd("stranger", 20, "the answer also names a message that was not sent", answers.add_stranger),
    _odd("twice", 21, "the answer names this message twice", answers.repeat),
    _error(RequestCode.ERR_UNKNOWN),
    _error(RequestCode.ERR_FORMAT, is_persistent=True),
    _error(RequestCode.ERR_AUTHORIZATION),
    _error(RequestCode.ERR_USER_DISABLE),
    _error(RequestCode.ERR_API_DISABLE),
    _error(RequestCode.ERR_IP_DENIED),
    _error(RequestCode.ERR_THROTTLE),
    _http(302, ("Location", "/moved"), note=", a redirect"),
    _http(401),
    _http(403),
    _http(404),
    _http(413),
    _http(429, ("Retry-After", "2"), note=" with Retry-After: 2"),
    _http(500),
    _http(502, accepts=True, note=" with a page of HTML"),
    _http(503, ("Retry-After", "2"), note=" with Retry-After: 2"),
    Scenario(
        name="always-500",
        phone="+380990000599",
        summary="Every time, HTTP 500. Nothing was accepted.",
        behaviour=Fault(accepts=False, rewrite=answers.fail(500)),
        is_persistent=True,
    ),
)

BY_PHONE: Mapping[str, Scenario] = {scenario.phone: scenario for scenario in SCENARIOS}
BY_NAME: Mapping[str, Scenario] = {scenario.name: scenario for scenario in SCENARIOS}


def find_scenario(name: str) -> Scenario:
    """Return the scenario with this name; raise ValueError, with the nearest names, if there is none."""
    try:
        return BY_NAME[name]
    except KeyError:
        nearest = ", ".join(get_close_matches(name, BY_NAME, n=3)) or "see viber_sandbox --help"
        raise ValueError(f"No scenario is called {name!r}: {nearest}.") from None
