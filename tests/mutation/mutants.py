"""Each small mistake that can be made inside a function of the package, one at a time."""

import ast
import difflib
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import libcst as cst
from libcst.metadata import CodeRange, MetadataWrapper, PositionProvider

from tests.mutation.operators import Functions, confusions, mistakes

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "viber_messaging"
PLACES = ("delivery", "gateway", "models", "importing", "states.py", "text/phones.py")
Change = tuple[cst.CSTNode, cst.CSTNode]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """One mistake: ``number`` tells it from the others that begin on its line."""

    path: str
    line: int
    number: int
    lines: range
    change: Change = field(repr=False, compare=False)
    module: cst.Module = field(repr=False, compare=False)

    @property
    def name(self) -> str:
        return f"{self.path}:{self.line}#{self.number}"

    @property
    def original(self) -> str:
        return self.module.code

    @property
    def source(self) -> str:
        """The whole module with the mistake in it."""
        mutated = self.module.deep_replace(*self.change)
        assert isinstance(mutated, cst.Module)
        return mutated.code

    @property
    def diff(self) -> str:
        lines = difflib.unified_diff(self.original.splitlines(), self.source.splitlines(), lineterm="", n=0)
        return "\n".join(line for line in lines if not line.startswith(("---", "+++", "@@")))

    def is_one(self) -> bool:
        """Tell whether the module means something else now, and is Python still."""
        try:
            return ast.dump(ast.parse(self.source)) != ast.dump(ast.parse(self.original))
        except SyntaxError:
            return False


class Finder(cst.CSTVisitor):
    """Finds what can be changed inside the functions of a module; annotations, decorators and docstrings are left."""

    METADATA_DEPENDENCIES = (PositionProvider,)

    def __init__(self) -> None:
        self.found: list[tuple[CodeRange, range, Change]] = []
        self._depth = 0
        self._functions: list[Functions] = []
        self._statements: list[range] = []

    def on_visit(self, node: cst.CSTNode) -> bool:
        if isinstance(node, cst.Annotation | cst.Decorator) or is_docstring(node):
            return False
        if isinstance(node, cst.Module | cst.ClassDef):
            self._functions.append(functions_of(node))
        if isinstance(node, cst.BaseCompoundStatement | cst.SimpleStatementLine):
            self._statements.append(self._header(node))
        self._depth += isinstance(node, cst.FunctionDef)
        if self._depth and not isinstance(node, cst.FunctionDef | cst.Parameters | cst.Param):
            self._note(node)
        return not isinstance(node, cst.Parameters)

    def on_leave(self, original_node: cst.CSTNode) -> None:
        if isinstance(original_node, cst.Annotation | cst.Decorator) or is_docstring(original_node):
            return
        self._depth -= isinstance(original_node, cst.FunctionDef)
        if isinstance(original_node, cst.Module | cst.ClassDef):
            self._functions.pop()
        if isinstance(original_node, cst.BaseCompoundStatement | cst.SimpleStatementLine):
            self._statements.pop()

    def _note(self, node: cst.CSTNode) -> None:
        position = self.get_metadata(PositionProvider, node, None)
        if not isinstance(position, CodeRange):
            return
        made = list(mistakes(node))
        if isinstance(node, cst.Call):
            made += [one for functions in self._functions for one in confusions(node, functions)]
        self.found += [(position, self._statements[-1], (node, one)) for one in made]

    def _header(self, node: cst.CSTNode) -> range:
        """Return the lines of a statement, without those of the statements inside it."""
        whole = self.get_metadata(PositionProvider, node)
        body = getattr(node, "body", None) if isinstance(node, cst.BaseCompoundStatement) else None
        last = self.get_metadata(PositionProvider, body).start.line - 1 if body is not None else whole.end.line
        return range(whole.start.line, max(last, whole.start.line) + 1)


def functions_of(node: cst.Module | cst.ClassDef) -> Functions:
    body = node.body.body if isinstance(node, cst.ClassDef) else node.body
    functions = [statement for statement in body if isinstance(statement, cst.FunctionDef)]
    return {one.name.value: tuple(parameter.name.value for parameter in one.params.params) for one in functions}


def is_docstring(node: cst.CSTNode) -> bool:
    return isinstance(node, cst.Expr) and isinstance(node.value, cst.SimpleString | cst.ConcatenatedString)


def files(places: Sequence[str] = PLACES) -> Iterator[Path]:
    for place in places:
        path = PACKAGE / place
        yield from [path] if path.is_file() else sorted(path.rglob("*.py"))


def mutants_of(path: Path) -> list[Mutant]:
    """Return every mistake that can be made in a file."""
    wrapper = MetadataWrapper(cst.parse_module(path.read_text(encoding="utf-8")))
    finder = Finder()
    wrapper.visit(finder)
    made: list[Mutant] = []
    for position, lines, change in finder.found:
        line = position.start.line
        number = sum(mutant.line == line for mutant in made)
        name = path.relative_to(PACKAGE).as_posix()
        made.append(Mutant(path=name, line=line, number=number, lines=lines, change=change, module=wrapper.module))
    return made


def sample(count: int, seed: int, places: Sequence[str] = PLACES) -> Sequence[Mutant]:
    """Draw this many mistakes from all that can be made in these places."""
    everything = [mutant for path in files(places) for mutant in mutants_of(path)]
    random.Random(seed).shuffle(everything)
    drawn = filter(Mutant.is_one, everything)
    return [mutant for _place, mutant in zip(range(count), drawn, strict=False)]


def named(name: str) -> Sequence[Mutant]:
    """Return those of a line, ``path:line``, or one of them, ``path:line#number``."""
    path, _, place = name.partition(":")
    line, _, number = place.partition("#")
    found = [mutant for mutant in mutants_of(PACKAGE / path) if mutant.line == int(line) and mutant.is_one()]
    return [mutant for mutant in found if not number or mutant.number == int(number)]
