"""Plant one mistake at a time in a copy of the package and see the tests turn red: ``python -m tests.mutants``.

A guard that no test misses is no guard.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
COPIED = ("viber_messaging", "project", "templates", "tests", "docs", "manage.py", "pyproject.toml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """A mistake: in one file of the package, each text that stands there once gives way to another."""

    name: str
    file: str
    changes: Mapping[str, str]
    tests: str
    """The folder whose tests must notice."""

    def plant(self, copy: Path) -> None:
        """Make the mistake; raises ValueError where the package no longer reads as it did."""
        path = copy / "viber_messaging" / self.file
        source = path.read_text()
        for before, after in self.changes.items():
            if source.count(before) != 1:
                raise ValueError(f"{self.file} holds {before!r} {source.count(before)} times, not once.")
            source = source.replace(before, after)
        path.write_text(source)


MUTANTS: Sequence[Mutant] = (
    Mutant(
        name="naive claim",
        file="delivery/queue/claim_statements.py",
        changes={
            "return messages.still(MessageState.QUEUED).filter(is_due(now), is_recipient_gone=False)": (
                "return messages.all()"
            )
        },
        tests="tests/delivery",
    ),
    Mutant(
        name="a pause that the claim does not ask about again",
        file="delivery/queue/claim_statements.py",
        changes={"sendable = sendable.filter(holding.is_of_no_held())": "pass"},
        tests="tests/delivery",
    ),
    Mutant(
        name="a stop that the claim does not ask about again",
        file="delivery/queue/claim_statements.py",
        changes={".filter(holding.nobody_stopped())": ""},
        tests="tests/delivery",
    ),
    Mutant(
        name="a cursor that any worker may move",
        file="delivery/campaign/expansion.py",
        changes={"state=CampaignState.RUNNING, cursor=campaign.cursor, expanded_at=None": "expanded_at=None"},
        tests="tests/delivery",
    ),
    Mutant(
        name="an audience counted of people who come too late",
        file="delivery/campaign/audience.py",
        changes={".filter(recipient__lte=until)": ""},
        tests="tests/delivery",
    ),
    Mutant(
        name="an import that opts people in",
        file="importing/writers/recipients.py",
        changes={'update_fields=["name", "attributes"]': 'update_fields=["name", "attributes", "opted_out_at"]'},
        tests="tests/importing",
    ),
    Mutant(
        name="no token check",
        file="delivery/storage/sql/write_answers.py",
        changes={"pk__in=pks, claim_token=token)": "pk__in=pks)"},
        tests="tests/delivery",
    ),
    Mutant(
        name="no token check where SQLite writes many rows",
        file="delivery/storage/sql/write_answers.py",
        changes={
            """{named('state')} || '' = %s AND message.{named('claim_token')} = %s\"""": (
                """{named('state')} || '' = %s AND %s IS NOT NULL\""""
            ),
        },
        tests="tests/delivery",
    ),
    Mutant(
        name="an answer that is written over whatever happened meanwhile",
        file="delivery/storage/sql/update_messages.py",
        changes={"= %s AND {named('state')} = %s": "= %s AND %s IS NOT NULL"},
        tests="tests/delivery",
    ),
    Mutant(
        name="a message that was sent, queued as a new one",
        file="delivery/queue/moves.py",
        changes={"_refuse_saved(batch, given)\n": "pass\n"},
        tests="tests/test_api.py",
    ),
    Mutant(
        name="a campaign that is counted once and never again",
        file="delivery/campaign/failure_limit.py",
        changes={"margin / CAUTION": "judged"},
        tests="tests/delivery",
    ),
    Mutant(
        name="a pruning that does not ask again what has ended",
        file="delivery/storage/pruning.py",
        changes={"deleted = ended._raw_delete(": "deleted = storage.messages().filter(pk__in=pks)._raw_delete("},
        tests="tests/commands/test_viber_prune.py",
    ),
    Mutant(
        name="a campaign whose messages have random references",
        file="models/intent.py",
        changes={
            "return self._seed(message.campaign_id).reference(message.phone, candidate)": "return references.draw()"
        },
        tests="tests/models",
    ),
    Mutant(
        name="a key whose message is not looked for",
        file="delivery/queue/keys.py",
        changes={"return {originals.get(row.key, row.key): row for row in rows}": "return {}"},
        tests="tests/delivery",
    ),
    Mutant(
        name="fresh reference on retry",
        file="delivery/status/settlements.py",
        changes={
            'return {"state": MessageState.QUEUED, "error": "",': (
                'return {"reference": id(doubt), "state": MessageState.QUEUED, "error": "",'
            ),
        },
        tests="tests/delivery",
    ),
    Mutant(
        name="one 201 is believed",
        file="delivery/status/settlements.py",
        changes={"if not doubt.is_missed:": "if False:"},
        tests="tests/delivery",
    ),
    Mutant(
        name="another account's 201 is believed",
        file="delivery/status/settlements.py",
        changes={"if doubt.is_elsewhere:": "if False:"},
        tests="tests/delivery",
    ),
    Mutant(
        name="a claim that does not ask which account is in doubt",
        file="delivery/queue/claim_statements.py",
        changes={".exclude(account.is_in_doubt_elsewhere(marks))": ""},
        tests="tests/delivery",
    ),
    Mutant(
        name="both questions over one connection",
        file="delivery/status/recovery.py",
        changes={"_ask_package(other, missed, report)": "_ask_package(client, missed, report)"},
        tests="tests/delivery",
    ),
    Mutant(
        name="unknown becomes failed",
        file="delivery/decisions/outcomes.py",
        changes={
            "state=MessageState.UNCONFIRMED,\n        error=str(error)": (
                "state=MessageState.FAILED,\n        error=str(error)"
            ),
        },
        tests="tests/delivery",
    ),
    Mutant(
        name="a failure that each worker counts",
        file="delivery/connection/outages.py",
        changes={"is_late = _is_noted(seen, since, now, decided)": "is_late = False"},
        tests="tests/delivery",
    ),
    Mutant(
        name="a deleted person's message that is sent after all",
        file="delivery/queue/claim_statements.py",
        changes={"filter(is_due(now), is_recipient_gone=False)": "filter(is_due(now))"},
        tests="tests/delivery",
    ),
    Mutant(
        name="a deletion that stops nothing",
        file="delivery/people/departure.py",
        changes={"messages.filter(state__in=UNSENT_STATES).update(**cancellation(now), next_attempt_at=None)": "pass"},
        tests="tests/delivery",
    ),
    Mutant(
        name="redirects followed",
        file="gateway/http/transport.py",
        changes={
            "response = self._adapter.send(\n            request,": (
                "session = requests.Session()\n"
                "        for scheme in ('http://', 'https://'):\n"
                "            session.mount(scheme, self._adapter)\n"
                "        response = session.send(\n            request,\n            allow_redirects=True,"
            ),
        },
        tests="tests/gateway",
    ),
    Mutant(
        name="DTDs allowed",
        file="gateway/parser.py",
        changes={"forbid_dtd=True": "forbid_dtd=False"},
        tests="tests/gateway",
    ),
    Mutant(
        name="permission override missing",
        file="admin/pages/base.py",
        changes={"return bool(request.user.has_perm(SEND_PERMISSION))": "return bool(request.user.is_staff)"},
        tests="tests/admin",
    ),
    Mutant(
        name="208 always good news",
        file="delivery/decisions/outcomes.py",
        changes={"if code == MessageCode.ERR_DUPLICATE and may_have_arrived:": "if code == MessageCode.ERR_DUPLICATE:"},
        tests="tests/delivery",
    ),
    Mutant(
        name="opted out after queueing",
        file="delivery/queue/claims.py",
        changes={"consent.cancel(consent.unwanted(named))": "pass"},
        tests="tests/delivery",
    ),
    Mutant(
        name="a claim that does not ask who opted out",
        file="delivery/queue/claim_statements.py",
        changes={"consent.wanted(_still_due(messages, now))": "_still_due(messages, now)"},
        tests="tests/delivery",
    ),
    Mutant(
        name="a claim that does not ask what is too old",
        file="delivery/queue/claim_statements.py",
        changes={".exclude(is_too_old(now))": ""},
        tests="tests/delivery",
    ),
    Mutant(
        name="opted out before queueing",
        file="delivery/queue/moves.py",
        changes={"movable = consent.wanted(movable)": "movable = movable.all()"},
        tests="tests/delivery",
    ),
    Mutant(
        name="a second opt-out moves the first",
        file="delivery/consent.py",
        changes={"filter(phone__in=phones, opted_out_at=None)": "filter(phone__in=phones)"},
        tests="tests/delivery",
    ),
    Mutant(
        name="a change that each worker tells which asked about it",
        file="delivery/status/polling.py",
        changes={", claim_token=mark)": ")"},
        tests="tests/delivery",
    ),
    Mutant(
        name="statuses for which each worker asks",
        file="delivery/status/polling.py",
        changes={"not asked or not may_ask()": "not asked"},
        tests="tests/delivery",
    ),
    Mutant(
        name="an outage that each request counts",
        file="delivery/connection/outages.py",
        changes={"return since < seen.failed_at <= now + CLOCK_SKEW": "return False"},
        tests="tests/delivery",
    ),
    Mutant(
        name="a success that lifts a pause which was met after it was begun",
        file="delivery/connection/outages.py",
        changes={".exclude(**noted_since)": ""},
        tests="tests/delivery",
    ),
    Mutant(
        name="a time limit that is taken for a broken connection",
        file="gateway/http/transport.py",
        changes={" if is_of_the_wire(error) else Interrupted()": ""},
        tests="tests/delivery",
    ),
    Mutant(
        name="an exception of a gateway class that ends the run",
        file="delivery/connection/guard.py",
        changes={"raise OutcomeUnknown(replies.CANNOT_BE_READ) from error": "raise"},
        tests="tests/delivery",
    ),
    Mutant(
        name="a claim that is not looked for when its COMMIT was not heard of",
        file="delivery/queue/claims.py",
        changes={", found=claimer.find": ""},
        tests="tests/delivery",
    ),
    Mutant(
        name="a refusal in passing that ends a run",
        file="delivery/storage/retry.py",
        changes={"if not (is_alone and is_passing(error)": "if not (False"},
        tests="tests/delivery",
    ),
)


def main(names: Sequence[str]) -> int:
    """Try the mutants of these names, or all; return 1 if one survives."""
    chosen = [mutant for mutant in MUTANTS if mutant.name in names or not names]
    healthy = all(_is_green(folder) for folder in sorted({mutant.tests for mutant in chosen}))
    with ThreadPoolExecutor(os.cpu_count()) as several:
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
        done = _run(copy, mutant.tests)
    failed = re.search(r"^(?:FAILED|ERROR) (\S+::\S+)", done.stdout, re.MULTILINE)
    is_dead = done.returncode == 1 and failed is not None
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
    marks = "not browser and not services and not processes"
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "-m", marks, folder]
    environment = os.environ | {"PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True, check=False)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
