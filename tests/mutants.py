"""Plant one mistake at a time in a copy of the package and see the tests turn red: ``python -m tests.mutants``.

A guard that no test misses is no guard.
"""

import argparse
import ast
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from textwrap import indent

ROOT = Path(__file__).resolve().parents[1]
COPIED = ("viber_messaging", "project", "templates", "tests", "docs", "manage.py", "pyproject.toml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """A mistake in one function of the package: what it says in one place gives way to something else."""

    name: str
    function: str
    """Or ``Class.method``, wherever it lives."""
    pattern: str
    """As ``ast.unparse`` writes the function: one line a statement. "…" stands for the name of any module."""
    replacement: str
    beside: str = ""
    """What else the function says, if another one of its name says the pattern too."""
    tests: str
    """The folder whose tests must notice."""

    def plant(self, copy: Path) -> None:
        """Make the mistake; raises LookupError unless one function of this name says this, once."""
        home, function = self.find()
        mistaken = self._regex().sub(lambda _found: self.replacement, ast.unparse(function))
        path = copy / home.relative_to(ROOT)
        lines = path.read_text().splitlines()
        first = min(node.lineno for node in (function, *function.decorator_list))
        lines[first - 1 : function.end_lineno] = [indent(mistaken, " " * function.col_offset)]
        path.write_text("\n".join(lines) + "\n")
        ast.parse(path.read_text())

    def find(self) -> tuple[Path, ast.FunctionDef]:
        """Return the function, and the file in which it lives."""
        named = [(ast.unparse(one[1]), one) for one in functions()[self.function]]
        beside = [(text, one) for text, one in named if self.beside in text]
        found = [one for text, one in beside for _match in self._regex().finditer(text)]
        if len(found) != 1:
            raise LookupError(f"{self.name}: of {len(beside)} functions {self.function} it is said {len(found)} times.")
        return found[0]

    def folders(self) -> Iterator[str]:
        """Yield the folder that mirrors the function's, which notices most mistakes soonest, and then the whole one."""
        home, _function = self.find()
        mirrored = Path("tests", *home.relative_to(ROOT / "viber_messaging").parent.parts)
        if (ROOT / mirrored).is_dir() and mirrored != Path(self.tests):
            yield str(mirrored)
        yield self.tests

    def _regex(self) -> re.Pattern[str]:
        return re.compile(r"[\w.]*".join(map(re.escape, self.pattern.split("…"))))


@cache
def functions() -> Mapping[str, Sequence[tuple[Path, ast.FunctionDef]]]:
    """Return the functions of the package, by name and by ``Class.method``."""
    found = defaultdict(list)
    for path in sorted((ROOT / "viber_messaging").rglob("*.py")):
        for name, function in _functions_of(ast.parse(path.read_text())):
            found[name].append((path, function))
    return found


def _functions_of(node: ast.AST, prefix: str = "") -> Iterator[tuple[str, ast.FunctionDef]]:
    for inner in ast.iter_child_nodes(node):
        if isinstance(inner, ast.FunctionDef):
            yield f"{prefix}{inner.name}", inner
        if isinstance(inner, ast.FunctionDef | ast.ClassDef):
            yield from _functions_of(inner, f"{prefix}{inner.name}.")


MUTANTS: Sequence[Mutant] = (
    Mutant(
        name="naive claim",
        function="_still_due",
        pattern="due = messages.still(MessageState.QUEUED).filter(…is_due(now), is_recipient_gone=False)",
        replacement="due = messages.all()",
        tests="tests/delivery",
    ),
    Mutant(
        name="a pause that the claim does not ask about again",
        function="_sendable",
        pattern="sendable = sendable.filter(…is_of_no_held())",
        replacement="pass",
        tests="tests/delivery",
    ),
    Mutant(
        name="a stop that the claim does not ask about again",
        function="_sendable",
        pattern=".filter(…nobody_stopped())",
        replacement="",
        tests="tests/delivery",
    ),
    Mutant(
        name="a cursor that any worker may move",
        function="_save",
        pattern="state=CampaignState.RUNNING, cursor=campaign.cursor, expanded_at=None",
        replacement="expanded_at=None",
        tests="tests/delivery",
    ),
    Mutant(
        name="an audience counted of people who come too late",
        function="count",
        pattern=".filter(recipient__lte=until)",
        replacement="",
        tests="tests/delivery",
    ),
    Mutant(
        name="an import that opts people in",
        function="update",
        beside="rows: Sequence[Recipient]",
        pattern="update_fields=['name', 'attributes']",
        replacement="update_fields=['name', 'attributes', 'opted_out_at']",
        tests="tests/importing",
    ),
    Mutant(
        name="no token check",
        function="_move_by_orm",
        pattern="pk__in=pks, claim_token=token)",
        replacement="pk__in=pks)",
        tests="tests/delivery",
    ),
    Mutant(
        name="no token check where SQLite writes many rows",
        function="_numbering_attempts",
        pattern="= %s AND message.{named('claim_token')} = %s",
        replacement="= %s AND %s IS NOT NULL",
        tests="tests/delivery",
    ),
    Mutant(
        name="an answer that is written over whatever happened meanwhile",
        function="_update_many",
        pattern="= %s AND {named('state')} = %s",
        replacement="= %s AND %s IS NOT NULL",
        tests="tests/delivery",
    ),
    Mutant(
        name="a message that was sent, queued as a new one",
        function="enqueue",
        pattern="_refuse_saved(batch, given)",
        replacement="pass",
        tests="tests/test_api.py",
    ),
    Mutant(
        name="a campaign that is counted once and never again",
        function="Judge.note",
        pattern="margin / CAUTION",
        replacement="judged",
        tests="tests/delivery",
    ),
    Mutant(
        name="a pruning that does not ask again what has ended",
        function="_prune_batch",
        pattern="deleted = ended._raw_delete(",
        replacement="deleted = ended.model.objects.filter(pk__in=pks)._raw_delete(",
        tests="tests/commands/test_viber_prune.py",
    ),
    Mutant(
        name="a campaign whose messages have random references",
        function="Intents.reference",
        pattern="if message.campaign_id is not None:",
        replacement="if False:",
        tests="tests/models",
    ),
    Mutant(
        name="a key whose message is not looked for",
        function="_stored",
        pattern="return {originals.get(row.key, row.key): row for row in rows}",
        replacement="return {}",
        tests="tests/delivery",
    ),
    Mutant(
        name="fresh reference on retry",
        function="Settlements._never_arrived",
        pattern="return {'state': MessageState.QUEUED, 'error': '',",
        replacement="return {'reference': id(doubt), 'state': MessageState.QUEUED, 'error': '',",
        tests="tests/delivery",
    ),
    Mutant(
        name="one 201 is believed",
        function="Settlements._not_known",
        pattern="if not doubt.is_missed:",
        replacement="if False:",
        tests="tests/delivery",
    ),
    Mutant(
        name="another account's 201 is believed",
        function="Settlements._not_known",
        pattern="if doubt.is_elsewhere:",
        replacement="if False:",
        tests="tests/delivery",
    ),
    Mutant(
        name="a claim that does not ask which account is in doubt",
        function="_sendable",
        pattern=".exclude(…is_in_doubt_elsewhere(marks))",
        replacement="",
        tests="tests/delivery",
    ),
    Mutant(
        name="both questions over one connection",
        function="_ask",
        pattern="_ask_package(other, missed, report)",
        replacement="_ask_package(client, missed, report)",
        tests="tests/delivery",
    ),
    Mutant(
        name="unknown becomes failed",
        function="judge_unknown",
        pattern="state=MessageState.UNCONFIRMED",
        replacement="state=MessageState.FAILED",
        tests="tests/delivery",
    ),
    Mutant(
        name="a failure that each worker counts",
        function="_note",
        pattern="is_late = _is_noted(seen, since, now, decided)",
        replacement="is_late = False",
        tests="tests/delivery",
    ),
    Mutant(
        name="a deleted person's message that is sent after all",
        function="_still_due",
        pattern="filter(is_due(now), is_recipient_gone=False)",
        replacement="filter(is_due(now))",
        tests="tests/delivery",
    ),
    Mutant(
        name="a deletion that stops nothing",
        function="_stop",
        pattern="messages.filter(state__in=UNSENT_STATES).update(**cancellation(now), next_attempt_at=None)",
        replacement="pass",
        tests="tests/delivery",
    ),
    Mutant(
        name="redirects followed",
        function="Transport._exchange",
        pattern="response = self._adapter.send(request, ",
        replacement=(
            "session = requests.Session(); session.mount('http://', self._adapter); "
            "session.mount('https://', self._adapter); "
            "response = session.send(request, allow_redirects=True, "
        ),
        tests="tests/gateway",
    ),
    Mutant(
        name="DTDs allowed",
        function="_read",
        pattern="forbid_dtd=True",
        replacement="forbid_dtd=False",
        tests="tests/gateway",
    ),
    Mutant(
        name="permission override missing",
        function="may_send",
        pattern="return has(request, SEND_MESSAGE)",
        replacement="return bool(request.user.is_staff)",
        tests="tests/admin",
    ),
    Mutant(
        name="208 always good news",
        function="_state_of",
        pattern="if code == MessageCode.ERR_DUPLICATE and may_have_arrived:",
        replacement="if code == MessageCode.ERR_DUPLICATE:",
        tests="tests/delivery",
    ),
    Mutant(
        name="opted out after queueing",
        function="_set_aside",
        pattern="…cancel(…unwanted(named))",
        replacement="pass",
        tests="tests/delivery",
    ),
    Mutant(
        name="a claim that does not ask who opted out",
        function="may_reach",
        pattern="…wanted(messages)",
        replacement="messages",
        tests="tests/delivery",
    ),
    Mutant(
        name="a claim that does not ask whom this site may reach",
        function="_sendable",
        pattern="may_reach(_still_due(messages, now), only)",
        replacement="consent.wanted(_still_due(messages, now))",
        tests="tests/delivery",
    ),
    Mutant(
        name="a fast claim that does not ask whom this site may reach",
        function="_fresh",
        pattern="…may_reach(untouched, only)",
        replacement="consent.wanted(untouched)",
        tests="tests/delivery",
    ),
    Mutant(
        name="a claim that does not ask what is too old",
        function="_sendable",
        pattern=".exclude(is_too_old(now))",
        replacement="",
        tests="tests/delivery",
    ),
    Mutant(
        name="opted out before queueing",
        function="_move_batch",
        pattern="movable = …wanted(movable)",
        replacement="movable = movable.all()",
        tests="tests/delivery",
    ),
    Mutant(
        name="a second opt-out moves the first",
        function="_opt_out_batch",
        pattern="filter(phone__in=phones, opted_out_at=None)",
        replacement="filter(phone__in=phones)",
        tests="tests/delivery",
    ),
    Mutant(
        name="a change that each worker tells which asked about it",
        function="_marked",
        pattern=", claim_token=mark)",
        replacement=")",
        tests="tests/delivery",
    ),
    Mutant(
        name="statuses for which each worker asks",
        function="ask",
        pattern="not asked or not may_ask()",
        replacement="not asked",
        tests="tests/delivery",
    ),
    Mutant(
        name="an outage that each request counts",
        function="_is_noted",
        pattern="return since < seen.failed_at <= now + CLOCK_SKEW",
        replacement="return False",
        tests="tests/delivery",
    ),
    Mutant(
        name="a success that lifts a pause which was met after it was begun",
        function="succeeded",
        pattern=".exclude(**noted_since)",
        replacement="",
        tests="tests/delivery",
    ),
    Mutant(
        name="a time limit that is taken for a broken connection",
        function="Transport.post",
        pattern=" if is_of_the_wire(error) else Interrupted()",
        replacement="",
        tests="tests/delivery",
    ),
    Mutant(
        name="an exception of a gateway class that ends the run",
        function="GuardedGateway._call",
        pattern="raise OutcomeUnknown(…CANNOT_BE_READ) from error",
        replacement="raise",
        tests="tests/delivery",
    ),
    Mutant(
        name="work that is not looked for when its COMMIT was not heard of",
        function="persist",
        pattern="patience.losses and ",
        replacement="False and ",
        tests="tests/delivery",
    ),
    Mutant(
        name="a refusal in passing that ends a run",
        function="_execute_patiently",
        pattern="if not (is_alone and is_passing(error)",
        replacement="if not (False",
        tests="tests/delivery",
    ),
)


def main() -> int:
    """Try the mutants of the names given, or all; return 1 if one survives."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("names", nargs="*", help="of mutants; all without one")
    parser.add_argument("--trusting", action="store_true", help="that the tests pass without a mistake")
    options = parser.parse_args()
    chosen = [mutant for mutant in MUTANTS if mutant.name in options.names or not options.names]
    folders = sorted({mutant.tests for mutant in chosen})
    with ThreadPoolExecutor(os.cpu_count()) as several:
        healthy = options.trusting or all(list(several.map(_is_green, folders)))
        deaths = list(several.map(_dies, chosen))
    survivors = [mutant.name for mutant, is_dead in zip(chosen, deaths, strict=True) if not is_dead]
    for name in survivors:
        print(f"SURVIVED: {name}")
    return 1 if survivors or not healthy or not chosen else 0


def _is_green(folder: str) -> bool:
    """Without a mistake the same tests pass, or they would tell nothing."""
    with tempfile.TemporaryDirectory() as name:
        done = _run(_copy(Path(name)), folder)
    print(f"without a mistake, {folder}: {'green' if done.returncode == 0 else done.stdout}", flush=True)
    return done.returncode == 0


def _dies(mutant: Mutant) -> bool:
    with tempfile.TemporaryDirectory() as name:
        copy = _copy(Path(name))
        mutant.plant(copy)
        for folder in mutant.folders():
            done = _run(copy, folder)
            failed = re.search(r"^(?:FAILED|ERROR) (\S+::\S+)", done.stdout, re.MULTILINE)
            is_dead = done.returncode == 1 and failed is not None
            if is_dead:
                break
    print(f"{mutant.name}: {'red, ' + failed[1] if failed else done.stdout[-2000:]}", flush=True)
    return is_dead


def _copy(target: Path) -> Path:
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, target / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target)
    return target


def _run(copy: Path, folder: str) -> subprocess.CompletedProcess[str]:
    """Run the tests of a folder in the copy, whose package comes before an installed one."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", folder]
    environment = os.environ | {"PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True, check=False)


if __name__ == "__main__":
    sys.exit(main())
