"""Every regular expression of the package takes work that grows as its input does; a new one is found by itself."""

import ast
import json
import re
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache, partial
from itertools import product
from pathlib import Path
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

import pytest

pytestmark = pytest.mark.processes

PACKAGE = Path(__file__).parents[1] / "viber_messaging"
METHODS = frozenset({"match", "fullmatch", "search", "sub", "subn", "split", "findall", "finditer"})
LONG = 100_000
LETTERS = 3
"""Of each pattern's own alphabet; all of them, and all of their pairs, are tried."""
SHORT = 250
NOISE_SECONDS = 0.003
"""Of CPU; a hundred times what a pattern should take for eight times SHORT."""

RECORDER = """
import importlib, json, pkgutil, re, sys

found, compiles = [], re.compile


def recorded(pattern, flags=0):
    frame = sys._getframe(1)
    text = pattern.pattern if isinstance(pattern, re.Pattern) else pattern
    if isinstance(text, str):
        found.append((frame.f_code.co_filename, frame.f_lineno, text, int(compiles(pattern, flags).flags)))
    return compiles(pattern, flags)


re.compile = recorded
import django

django.setup()
import viber_messaging

for module in pkgutil.walk_packages(viber_messaging.__path__, "viber_messaging."):
    importlib.import_module(module.name)
print(json.dumps(found))
"""


@dataclass(frozen=True)
class Pattern:
    """A regular expression of the package, where it is written, and by which methods it is used."""

    place: str
    text: str
    flags: int
    methods: frozenset[str] = field(default=METHODS)


@cache
def compiled_at_import() -> dict[tuple[str, int], list[tuple[str, int]]]:
    """Return what the package's modules compile when they are imported, by file and line."""
    ran = subprocess.run([sys.executable, "-c", RECORDER], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    found = defaultdict(list)
    for name, line, text, flags in json.loads(ran.stdout):
        if Path(name).is_relative_to(PACKAGE):
            found[str(Path(name).relative_to(PACKAGE)), line].append((text, flags))
    return found


@cache
def trees() -> dict[str, ast.Module]:
    """Return the package's modules, taken apart."""
    return {str(path.relative_to(PACKAGE)): ast.parse(path.read_text()) for path in sorted(PACKAGE.rglob("*.py"))}


def calls_of_re() -> Iterator[tuple[str, ast.Call, str]]:
    """Yield each call of a function of ``re`` that takes a pattern, with its module and its name."""
    for name, tree in trees().items():
        for node in ast.walk(tree):
            function = node.func if isinstance(node, ast.Call) else None
            if isinstance(function, ast.Attribute) and is_re(function.value) and function.attr in METHODS | {"compile"}:
                yield name, node, function.attr  # type: ignore[misc]


def lookups() -> Iterator[tuple[str, str]]:
    """Yield the patterns that are handed to the database."""
    for name, tree in trees().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.keyword) and (node.arg or "").endswith(("__regex", "__iregex")):
                yield f"{name}:{node.value.lineno}", ast.unparse(node.value)


@cache
def uses() -> dict[str, frozenset[str]]:
    """Return by which methods each name is used that a pattern may have."""
    found = defaultdict(set)
    for tree in trees().values():
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and node.attr in METHODS:
                found[getattr(node.value, "id", getattr(node.value, "attr", ""))].add(node.attr)
    return {name: frozenset(methods) for name, methods in found.items()}


def uses_in(module: str) -> frozenset[str]:
    """Return the methods that are called in a module, for what bears no name there."""
    called = {
        node.attr for node in ast.walk(trees()[module]) if isinstance(node, ast.Attribute) and not is_re(node.value)
    }
    return frozenset(called & METHODS) or METHODS


def is_re(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and node.id == "re"


@cache
def names() -> dict[tuple[str, int], str]:
    """Return the name that is given to what is compiled on a line."""
    found = {}
    for module, tree in trees().items():
        for node in ast.walk(tree):
            target = node.target if isinstance(node, ast.AnnAssign) else None
            if isinstance(node, ast.Assign):
                (target, *_others) = node.targets
            if isinstance(target, ast.Name) and isinstance(node.value, ast.Call):  # type: ignore[union-attr]
                found[module, node.value.lineno] = target.id  # type: ignore[union-attr]
    return found


def patterns_of(module: str, call: ast.Call, function: str) -> list[Pattern]:
    """Return what a call compiles; an empty list if that is neither written there nor known from the import."""
    place = f"{module}:{call.lineno}"
    if function != "compile":
        written = call.args[0].value if isinstance(call.args[0], ast.Constant) else None
        return [Pattern(place, written, 0, frozenset({function}))] if isinstance(written, str) else []
    methods = uses().get(names().get((module, call.lineno), "no name"), uses_in(module))
    return [Pattern(place, text, flags, methods) for text, flags in compiled_at_import()[module, call.lineno]]


@cache
def all_patterns() -> list[Pattern]:
    """Return every pattern of the package, each once."""
    found = [pattern for call in calls_of_re() for pattern in patterns_of(*call)]
    return list(dict.fromkeys(found))


def test_no_pattern_is_hidden_from_this_test() -> None:
    hidden = [
        f"{module}:{call.lineno}" for module, call, function in calls_of_re() if not patterns_of(module, call, function)
    ]
    assert hidden == []
    assert len(all_patterns()) > 30
    assert {pattern.place.partition(":")[0] for pattern in all_patterns()} <= set(modules_that_import_re())


def test_the_database_is_given_fixed_patterns_only() -> None:
    assert {text for _place, text in lookups()} <= {"E164"}


def alphabet_of(pattern: Pattern) -> list[str]:
    """Return characters that the pattern names, and two that it may not."""
    found: dict[str, None] = {}
    note_letters(parser.parse(pattern.text, pattern.flags & ~re.DEBUG), found)
    return [*list(found)[:LETTERS], "\x01", "Ж"]


CATEGORIES = {codes.CATEGORY_DIGIT: "1", codes.CATEGORY_SPACE: " ", codes.CATEGORY_WORD: "a"}


def note_letters(node: Any, found: dict[str, None]) -> None:
    """Note the letters in a pattern that was taken apart."""
    for item in node if isinstance(node, list | tuple | parser.SubPattern) else []:
        if isinstance(item, tuple) and len(item) == 2:
            code, value = item
            if code in (codes.LITERAL, codes.NOT_LITERAL):
                found[chr(value)] = None
            elif code == codes.RANGE:
                found[chr(value[0])] = None
            elif code == codes.CATEGORY:
                found[CATEGORIES.get(value, "a")] = None
        note_letters(item, found)


SHAPES: tuple[Callable[[str, str, int], str], ...] = (
    lambda first, then, length: first * length,
    lambda first, then, length: (first + then) * (length // 2),
    lambda first, then, length: first + then * (length - 2) + "\x01",
    lambda first, then, length: first * 3 + then * (length - 3),
    lambda first, then, length: (" " + first + then) * (length // 3),
)
"""Texts of a length, made of two letters."""


def cpu_of(pattern: Pattern, method: str, text: str) -> float:
    """Return the CPU seconds of one use."""
    use = getattr(re.compile(pattern.text, pattern.flags), method)
    arguments = ("", text) if method in {"sub", "subn"} else (text,)
    started = time.process_time()
    found = use(*arguments)
    if method == "finditer":
        sum(1 for _match in found)
    return time.process_time() - started


def is_slow(pattern: Pattern, method: str, make: Callable[[int], str]) -> bool:
    """Tell whether eight times the input takes far more than eight times the work; asked again if it seems so."""
    for _again in range(3):
        before = cpu_of(pattern, method, make(SHORT))
        if before < NOISE_SECONDS:
            after = cpu_of(pattern, method, make(8 * SHORT))
            if after < NOISE_SECONDS or after < 20 * before:
                return False
    return True


def slow_inputs(pattern: Pattern, method: str) -> list[str]:
    """Return short examples of what takes too much work."""
    return [
        shape(first, then, 20)
        for first, then in product(alphabet_of(pattern), repeat=2)
        for shape in (SHAPES if first != then else SHAPES[:1])
        if is_slow(pattern, method, partial(shape, first, then))
    ]


def modules_that_import_re() -> list[str]:
    """Return where patterns may be, found without taking modules apart: this is done whenever tests are collected."""
    sources = ((str(path.relative_to(PACKAGE)), path.read_text()) for path in sorted(PACKAGE.rglob("*.py")))
    return [name for name, source in sources if re.search(r"^import re$", source, re.MULTILINE)]


@pytest.mark.parametrize("module", modules_that_import_re())
def test_a_long_text_takes_work_as_long_as_it_is(module: str) -> None:
    for pattern in (one for one in all_patterns() if one.place.startswith(f"{module}:")):
        for method in sorted(pattern.methods):
            assert slow_inputs(pattern, method) == [], (pattern, method)
            for letter in alphabet_of(pattern):
                cpu_of(pattern, method, letter * LONG)


def test_a_pattern_that_grows_as_the_square_is_caught() -> None:
    slow = Pattern("here", r"x\s*[0-9]|\s*z", re.IGNORECASE | re.UNICODE)
    assert slow_inputs(slow, "search")
    assert not slow_inputs(slow, "fullmatch")
