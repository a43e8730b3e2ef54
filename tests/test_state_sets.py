"""A set of states is spelled out in states.py and nowhere else: two lists of one meaning drift apart."""

import ast
from collections.abc import Iterator, Mapping

from tests.sources import modules, nodes
from viber_messaging import states
from viber_messaging.states import AttemptOutcome, CampaignState, MessageState

ENUMS = {"MessageState", "CampaignState", "AttemptOutcome", "S", "C"}
VALUES = {*MessageState.values, *CampaignState.values, *AttemptOutcome.values}

ALLOWED: Mapping[str, str] = {
    "states.py": "it is the place",
    "migrations/0001_initial.py": "a migration keeps what was true when it was written",
}
"""Files that may spell out sets of states, each with its reason."""


def is_state(node: ast.AST) -> bool:
    """Tell whether this names one state, as a member of the enumeration or by its value."""
    if isinstance(node, ast.Attribute):
        return isinstance(node.value, ast.Name) and node.value.id in ENUMS and node.attr.isupper()
    return isinstance(node, ast.Constant) and node.value in VALUES


def spelled_out(source: str) -> Iterator[tuple[int, str]]:
    """Yield each place where two states or more stand in one set, list or tuple, or are given to ``still``."""
    for kind in (ast.Set, ast.List, ast.Tuple, ast.Call):
        for node in nodes(source, kind):
            if sum(map(is_state, members(node))) > 1:
                yield node.lineno, ast.unparse(node)


def members(node: ast.expr) -> list[ast.expr]:
    """Return what stands in a set, list or tuple, or is given to ``still``."""
    if isinstance(node, ast.Set | ast.List | ast.Tuple):
        return node.elts
    is_still = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "still"
    return node.args if is_still else []


def test_states_are_gathered_in_one_place():
    found = {
        f"{name}:{line} {what}"
        for name, source in modules()
        if name not in ALLOWED
        for line, what in spelled_out(source)
    }
    assert found == set(), "Give this set a name in states.py, or use the one that stands there."


def test_no_set_has_two_names():
    sets = [found for name, found in vars(states).items() if name.endswith("_STATES")]
    assert len(sets) > 20
    assert len(sets) == len(set(sets)), "Use the set that has these members already."


def test_every_way_to_spell_a_set_is_noticed():
    for source in (
        "{S.QUEUED, S.SENDING}",
        "frozenset({MessageState.QUEUED, MessageState.SENDING})",
        "state in (CampaignState.PAUSED, CampaignState.CANCELLED)",
        "['queued', 'sending']",
        "messages.still(MessageState.QUEUED, MessageState.SENDING)",
    ):
        assert list(spelled_out(source)), source
    for source in ("{S.QUEUED}", "{S.QUEUED: 1, S.SENDING: 2}", "move(MessageState.QUEUED, 1)"):
        assert not list(spelled_out(source)), source
