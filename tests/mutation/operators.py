"""What a small mistake is: mutmut's operators, and three that it lacks."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import libcst as cst
from mutmut.mutation.mutators import mutation_operators

Operator = Callable[[Any], Any]
Functions = Mapping[str, tuple[str, ...]]
"""The functions of a module, or the methods of a class, with the names of their parameters."""


def negated(node: cst.If | cst.While | cst.IfExp) -> Iterator[cst.CSTNode]:
    """Do it if the condition does not hold."""
    test = node.test.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
    yield node.with_changes(test=cst.UnaryOperation(operator=cst.Not(), expression=test))


def answered_by_nothing(node: cst.Return) -> Iterator[cst.CSTNode]:
    """Return None instead."""
    if node.value is not None and not (isinstance(node.value, cst.Name) and node.value.value == "None"):
        yield node.with_changes(value=cst.Name("None"), whitespace_after_return=cst.SimpleWhitespace(" "))


OPERATORS: Sequence[tuple[Any, Operator]] = (
    *mutation_operators,
    (cst.If, negated),
    (cst.While, negated),
    (cst.IfExp, negated),
    (cst.Return, answered_by_nothing),
)


def mistakes(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """Yield what may stand in the place of a node."""
    for kind, operator in OPERATORS:
        if isinstance(node, kind):
            yield from operator(node)


def confusions(node: cst.Call, functions: Functions) -> Iterator[cst.CSTNode]:
    """Call another function of the same parameters, or another method of the same object."""
    called = node.func.attr if isinstance(node.func, cst.Attribute) else node.func
    if not isinstance(called, cst.Name) or called.value not in functions:
        return
    if isinstance(node.func, cst.Attribute) and not is_self(node.func.value):
        return
    for name, parameters in functions.items():
        if name != called.value and parameters == functions[called.value]:
            yield node.with_deep_changes(called, value=name)


def is_self(node: cst.CSTNode) -> bool:
    return isinstance(node, cst.Name) and node.value in ("self", "cls")
