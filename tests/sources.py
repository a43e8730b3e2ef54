"""The sources of the package and of the tests: each is read and parsed once, however many tests look into it."""

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import TypeVar

import viber_messaging

PACKAGE = Path(viber_messaging.__file__).parent
TESTS = Path(__file__).parent
Node = TypeVar("Node", bound=ast.AST)


def modules(folder: Path = PACKAGE) -> Iterator[tuple[str, str]]:
    """Yield each module of a folder, as its path in there and its text."""
    for path in _paths(folder):
        yield path.relative_to(folder).as_posix(), _text(path)


@cache
def _paths(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.py"))


@cache
def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def nodes(source: str, kind: type[Node]) -> list[Node]:
    """Return the nodes of this kind in a source, the outer ones first."""
    return _by_kind(source)[kind]  # type: ignore[return-value]


@cache
def _by_kind(source: str) -> Mapping[type[ast.AST], list[ast.AST]]:
    found = defaultdict(list)
    for node in ast.walk(ast.parse(source)):
        found[type(node)].append(node)
    return found


def dotted(node: ast.AST) -> str:
    """Return ``a.b.c`` as it is written, and an empty string for what is no such name."""
    if isinstance(node, ast.Name):
        return node.id
    owner = dotted(node.value) if isinstance(node, ast.Attribute) else ""
    return f"{owner}.{node.attr}" if owner else ""
