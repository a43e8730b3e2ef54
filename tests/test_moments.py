"""Each moment that tests replace is one that the package meets."""

import ast
import inspect
from collections.abc import Iterator
from functools import cache
from types import CodeType, ModuleType

import pytest

from tests import moments
from tests.moments import PACKAGE, PLACES, Moments
from tests.sources import TESTS, modules, nodes


def functions_of(code: CodeType) -> Iterator[CodeType]:
    """Yield the code of each function: what a module or a default reads, it reads once, at import."""
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            if inner.co_flags & inspect.CO_OPTIMIZED:
                yield inner
            yield from functions_of(inner)


@cache
def sources() -> dict[str, str]:
    """Return the source of each module of the package, by its dotted name."""
    return {name.removesuffix(".py").replace("/", ".").removesuffix(".__init__"): source for name, source in modules()}


@cache
def read_in(module: str) -> frozenset[str]:
    """Return the names that the functions of a module look up when they run."""
    code = compile(sources()[module], module, "exec")
    return frozenset(name for function in functions_of(code) for name in function.co_names)


@cache
def modules_read() -> frozenset[tuple[str, str]]:
    """Return each name that is read as an attribute of a module which was imported from the package."""
    found = set()
    for source in sources().values():
        imported = {
            alias.asname or alias.name: f"{node.module}.{alias.name}"
            for node in nodes(source, ast.ImportFrom)
            for alias in node.names
        }
        found |= {
            (imported[node.value.id], node.attr)
            for node in nodes(source, ast.Attribute)
            if isinstance(node.value, ast.Name) and node.value.id in imported
        }
    return frozenset(found)


def is_met(module: str, name: str) -> bool:
    """Tell whether the package looks this name up in this module while it runs."""
    return name in read_in(module) or (f"{PACKAGE}.{module}", name) in modules_read()


@pytest.mark.parametrize("moment", PLACES)
def test_the_package_meets_each_moment_at_its_place(moment: str):
    owner, name = moments.find(moment)
    assert hasattr(owner, name)
    module = PLACES[moment].partition(":")[0]
    assert is_met(module, name) or not isinstance(owner, ModuleType)


def test_a_name_that_is_only_re_exported_is_met_by_nothing():
    assert is_met("testing.outbox", "Outbox")
    assert not is_met("testing", "Outbox")


def test_each_moment_is_replaced_by_a_test():
    told = {
        node.value for name, source in modules(TESTS) if name != "moments.py" for node in nodes(source, ast.Constant)
    }
    assert set(PLACES) <= told


@pytest.fixture
def apart(monkeypatch: pytest.MonkeyPatch) -> Moments:
    """Moments of a test of their own, whose end is not that of this test."""
    return Moments(monkeypatch)


def test_a_moment_that_never_comes_fails_the_test(apart: Moments):
    apart.replace("the drawing of a reference", lambda: 7)
    with pytest.raises(AssertionError, match="never called"):
        apart.check()
    assert moments.original("the drawing of a reference")() == 7
    apart.check()


def test_a_forbidden_moment_that_comes_fails_the_test_whoever_swallows_it(apart: Moments):
    apart.forbid("the drawing of a reference")
    apart.check()
    with pytest.raises(AssertionError):
        moments.original("the drawing of a reference")()
    with pytest.raises(AssertionError, match="must not be"):
        apart.check()


def test_a_place_that_is_gone_fails_the_test(apart: Moments, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(PLACES, "gone", "references:gone")
    with pytest.raises(AttributeError):
        apart.set("gone", 1)
