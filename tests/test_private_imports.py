"""Tests reach what is private only from the folder that mirrors it, or through ``doors`` and ``moments``.

What stands in a folder is private if its ``__init__`` does not show it; all of ``delivery`` is. A test that names a
private module elsewhere must be edited when that moves.
"""

import ast
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from types import ModuleType

import pytest

from tests.sources import PACKAGE, TESTS, dotted, modules, nodes

ENTRANCES = ("doors.py", "moments.py", "fuzz/readers.py", "test_wire_field.py")
"""The doors, the moments, what is fuzzed, and the walk through every place that a wire field passes."""
PUBLIC = frozenset(
    {
        "gateway.client",
        "gateway.codes",
        "gateway.entities",
        "gateway.errors",
        "gateway.http.protocol",
        "gateway.protocol",
    }
)
"""What a site needs that replaces the gateway."""
MIRRORS: Mapping[str, str] = {"commands": "management"}
"""Folders of tests that are called otherwise than what they test."""

KNOWN: Mapping[str, Sequence[str]] = {
    "admin/imports/test_doors.py": ["importing"],
    "admin/imports/test_opt_outs.py": ["importing"],
    "admin/lists/test_people_search.py": ["models"],
    "admin/statistics/test_dashboard.py": ["words"],
    "benchmarks/contenders.py": ["management"],
    "breaking.py": ["logs"],
    "chaos/campaigning.py": ["importing"],
    "chaos/gateway.py": ["sandbox"],
    "chaos/importer.py": ["importing"],
    "chaos/upsets.py": ["sandbox"],
    "commands/test_viber_worker_outage.py": ["sandbox"],
    "delivery/campaign/test_campaign_content.py": ["admin", "models"],
    "delivery/people/test_erasure.py": ["models"],
    "delivery/queue/test_clocks.py": ["gateway"],
    "delivery/queue/test_keys.py": ["models"],
    "delivery/runs/test_request_time.py": ["gateway"],
    "delivery/status/test_duplicate_answers.py": ["sandbox"],
    "delivery/storage/test_database_clocks.py": ["admin"],
    "delivery/test_announcements.py": ["testing"],
    "importing/test_transaction.py": ["spreadsheets"],
    "machine/healing.py": ["sandbox"],
    "machine/machine.py": ["sandbox"],
    "machine/promises.py": ["sandbox"],
    "pooler/visits.py": ["statistics"],
    "sandbox/test_command.py": ["management"],
    "sandbox/wire/test_sms.py": ["text"],
    "simulation/by_sms.py": ["sandbox"],
    "simulation/deeds.py": ["importing", "sandbox"],
    "simulation/network.py": ["sandbox"],
    "simulation/promises.py": ["sandbox"],
    "spreadsheets/values/test_cells.py": ["gateway"],
    "tasks/test_celery_workers.py": ["sandbox"],
    "test_error_page.py": ["words"],
    "test_exports.py": ["spreadsheets"],
}
"""What still goes past the doors: by file, the folders of the package that it reaches into. To be emptied."""


def sources() -> Iterator[tuple[str, str]]:
    """Yield each file of the tests that the package stands beside, with what it says."""
    for name, source in modules(TESTS):
        if name not in ENTRANCES and not name.startswith("hosts/sites/"):
            yield name, source


def imported(source: str) -> Iterator[str]:
    """Yield what a file imports of the package, also inside its functions, as dotted names inside the package."""
    plain = [alias.name for node in nodes(source, ast.Import) for alias in node.names]
    absolute = (node for node in nodes(source, ast.ImportFrom) if not node.level)
    names = [*plain, *(f"{node.module}.{alias.name}" for node in absolute for alias in node.names)]
    yield from (name.partition(".")[2] for name in names if name.startswith(f"{PACKAGE.name}."))


def is_private(name: str) -> bool:
    """Tell whether this is a module inside a folder, or of one, or has a name that says so."""
    folder, _, inner = name.partition(".")
    if not inner or not (PACKAGE / folder).is_dir():
        return folder == "delivery" or name.rpartition(".")[2].startswith("_")
    return folder == "delivery" or not (is_shown(folder, inner) or {name, name.rpartition(".")[0]} & PUBLIC)


def is_shown(folder: str, name: str) -> bool:
    """Tell whether a folder shows this name itself, as something else than a module."""
    shown = getattr(import_module(f"{PACKAGE.name}.{folder}"), name, None)
    return shown is not None and not isinstance(shown, ModuleType)


def reached(name: str, source: str) -> set[str]:
    """Return the folders of the package into which a file of tests reaches without mirroring them."""
    home = name.partition("/")[0] if "/" in name else name.removeprefix("test_").removesuffix(".py")
    folders = {found.partition(".")[0] for found in imported(source) if is_private(found)}
    return folders - {MIRRORS.get(home, home)}


def test_tests_reach_no_more_of_what_is_private_than_they_did():
    found = {name: sorted(folders) for name, source in sources() if (folders := reached(name, source))}
    assert found == KNOWN


@pytest.mark.parametrize(
    ("source", "folders"),
    [
        ("from viber_messaging.delivery import worker", {"delivery"}),
        ("def late():\n    from viber_messaging.delivery.queue.claims import claim", {"delivery"}),
        ("import viber_messaging.delivery", {"delivery"}),
        ("from viber_messaging import delivery", {"delivery"}),
        ("from viber_messaging.importing.staging import stage", {"importing"}),
        ("from viber_messaging.models.folding import fold", {"models"}),
        ("from viber_messaging.tasks import _publish", {"tasks"}),
        ("from viber_messaging.api import send_message", set()),
        ("from viber_messaging.models import Message", set()),
        ("from viber_messaging.gateway.client import Client", set()),
        ("from viber_messaging.admin.message import attempts", set()),
    ],
)
def test_an_import_past_the_doors_is_found(source: str, folders: set[str]):
    assert reached("admin/test_anything.py", source) == folders


def patched(source: str) -> list[str]:
    """Return the patches of what a file imported of the package, or named as text; models may be patched."""
    names = {
        alias.asname or alias.name
        for node in nodes(source, ast.ImportFrom)
        if node.module and node.module.startswith(PACKAGE.name) and node.module != f"{PACKAGE.name}.models"
        for alias in node.names
    }
    return [
        ast.unparse(call)
        for call in nodes(source, ast.Call)
        if call.args and dotted(call.func) in ("monkeypatch.setattr", "mock.patch.object", "mock.patch")
        if ast.unparse(call.args[0]).strip("'").partition(".")[0] in {*names, PACKAGE.name}
    ]


def test_whatever_a_test_replaces_is_named_in_moments():
    assert {name: found for name, source in sources() if (found := patched(source))} == {}


@pytest.mark.parametrize(
    ("source", "count"),
    [
        ("from viber_messaging import tasks\nmonkeypatch.setattr(tasks, 'time', clock)", 1),
        ("from viber_messaging.x import y as z\nmock.patch.object(z.Class, 'run', run)", 1),
        ("monkeypatch.setattr('viber_messaging.conf.ZoneInfo', lacks_it)", 1),
        ("from viber_messaging.models import Message\nmonkeypatch.setattr(Message, 'save', save)", 0),
        ("import os\nmonkeypatch.setattr(os, 'getpid', getpid)", 0),
    ],
)
def test_a_patch_past_the_moments_is_found(source: str, count: int):
    assert len(patched(source)) == count
