"""Mistakes are made where code runs, one at a time, and each can be made again by its name."""

from pkgutil import resolve_name

import pytest

pytest.importorskip("mutmut")
pytest.importorskip("coverage")

from tests.mutation import mutants, swap
from tests.mutation.mutants import PACKAGE, Mutant
from viber_messaging.states import MessageState

PATH = "delivery/decisions/status_changes.py"


@pytest.fixture(scope="module")
def made() -> list[Mutant]:
    return mutants.mutants_of(PACKAGE / PATH)


def one(made: list[Mutant], words: str) -> Mutant:
    (found,) = [mutant for mutant in made if f"+{words}" in mutant.diff.replace("    ", "")]
    return found


def test_a_mistake_is_one_change_inside_a_function(made: list[Mutant]):
    for mutant in made[::20]:
        if mutant.is_one():
            assert mutant.diff.startswith("-")
            assert mutant.line in mutant.lines


@pytest.mark.parametrize(
    "words",
    [
        "if item.state != MessageState.FAILED:",
        "if not (item.state == MessageState.FAILED):",
        "return item.status_code == MessageCode.ERR_DUPLICATE",
        "return None",
    ],
)
def test_the_mistakes_that_once_survived_are_among_them(made: list[Mutant], words: str):
    assert any(f"+{words}" in mutant.diff.replace("    ", "") for mutant in made)


def test_a_method_is_confused_with_another_that_takes_the_same(made: list[Mutant]):
    other = mutants.mutants_of(PACKAGE / "delivery/status/resolution.py")
    assert any("return self._never_arrived(doubt)" in mutant.diff.split("+")[-1] for mutant in other)


def test_a_mistake_is_found_again_by_its_name(made: list[Mutant]):
    mutant = one(made, "if item.state != MessageState.FAILED:")
    assert [again.diff for again in mutants.named(mutant.name)] == [mutant.diff]
    assert mutant.diff in {again.diff for again in mutants.named(mutant.name.partition("#")[0])}


def test_whoever_has_a_function_has_its_mistake(made: list[Mutant], monkeypatch: pytest.MonkeyPatch):
    known = resolve_name("viber_messaging.delivery.decisions.status_changes:_known_to_gateway")
    monkeypatch.setattr(known, "__code__", known.__code__)
    mutant = one(
        made, "if state != MessageState.FAILED and code in outcomes.STATE_BY_CODE and code < MessageCode.ERR_UNKNOWN:"
    )
    assert swap.swap(mutant) == 1
    assert known(MessageState.DELIVERED, 1) == MessageState.ACCEPTED
