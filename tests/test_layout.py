"""A stranger finds the room for a change: folders are small, and modules are named by nouns."""

import inspect
import re
from importlib import import_module
from pathlib import Path

import pytest

import viber_messaging

PACKAGE = Path(viber_messaging.__file__).parent
CONTRIBUTING = (Path(__file__).parents[1] / "CONTRIBUTING.md").read_text(encoding="utf-8")
DJANGOS = frozenset({"locale", "management", "migrations", "static", "templates", "templatetags"})
"""Folders whose names and places Django gives."""
MOST_ENTRIES = {PACKAGE: 26}
"""Folders that may hold more than 15: the top, where what a site imports stands."""
GERUNDS = {
    "folding": "Unicode's own word for what makes two spellings equal",
    "phone_spelling": "a spelling is a noun",
    "polling": "messaging's own word for asking again and again",
    "polling_lease": "the lease of polling",
    "pruning": "the noun of viber_prune",
    "setting_readers": "a setting is a noun",
    "setting_values": "a setting is a noun",
}
"""Modules that may end in -ing, and why."""


def folders() -> list[Path]:
    inside = (path for path in PACKAGE.rglob("*") if any(path.glob("*.py")))
    return [PACKAGE, *(path for path in inside if not DJANGOS & set(path.relative_to(PACKAGE).parts))]


def entries(folder: Path) -> list[str]:
    given = DJANGOS if folder == PACKAGE else frozenset()
    modules = {path.stem for path in folder.glob("*.py")} - {"__init__"}
    packages = {path.name for path in folder.iterdir() if (path / "__init__.py").exists()}
    return sorted((modules | packages) - given)


@pytest.mark.parametrize("folder", folders(), ids=lambda folder: str(folder.relative_to(PACKAGE)))
def test_a_folder_can_be_taken_in_at_a_glance(folder: Path):
    assert len(entries(folder)) <= MOST_ENTRIES.get(folder, 15)


@pytest.mark.parametrize("folder", folders(), ids=lambda folder: str(folder.relative_to(PACKAGE)))
def test_what_stands_in_a_folder_is_named_by_a_noun(folder: Path):
    gerunds = {name for name in entries(folder) if any(word.endswith("ing") for word in name.split("_"))}
    assert gerunds <= {*GERUNDS, "importing", "testing"}


def test_each_gerund_on_the_list_is_a_module():
    assert set(GERUNDS) <= {name for folder in folders() for name in entries(folder)}


@pytest.mark.parametrize("package", ["admin", "importing", "sandbox", "spreadsheets", "statistics", "testing"])
def test_what_a_package_offers_is_hidden_by_none_of_its_modules(package: str):
    offered = import_module(f"viber_messaging.{package}")
    assert not [name for name in offered.__all__ if inspect.ismodule(getattr(offered, name))]


def test_only_storage_and_the_models_ask_the_router():
    """Any other module that asks the router may get a different database from the one that messages are sent from."""
    allowed = {"delivery/storage/tables.py", "checks/database.py", "delivery/people/admin_log.py"}
    asking = {
        str(path.relative_to(PACKAGE))
        for path in PACKAGE.rglob("*.py")
        if "router.db_for" in path.read_text(encoding="utf-8") and PACKAGE / "models" not in path.parents
    }
    assert asking == allowed, "Use delivery.storage.tables."


def on_the_map() -> set[str]:
    """The folders, and the modules of the top, that CONTRIBUTING shows, each with a word of what it is."""
    tree = re.search(r"```text\nviber_messaging/\n(.*?)```", CONTRIBUTING, re.DOTALL)
    assert tree
    shown, above = set(), dict[int, str]()
    for indent, name, _description in re.findall(r"^( +)(\S+) +(\S.*)$", tree[1], re.MULTILINE):
        above = {depth: path for depth, path in above.items() if depth < len(indent)} | {len(indent): name}
        shown.add("".join(path for _depth, path in sorted(above.items())))
    return shown


def test_the_map_shows_every_folder_and_every_module_of_the_top():
    inside = {f"{folder.relative_to(PACKAGE)}/" for folder in folders() if folder != PACKAGE} - {"management/commands/"}
    top = {path.name for path in PACKAGE.glob("*.py")} - {"__init__.py"}
    assert on_the_map() - {"management/", "templatetags/"} == inside | top


def test_every_module_that_contributors_are_sent_to_exists():
    named = re.findall(r"`([a-z_]+/[a-z_/]+\.py)`", CONTRIBUTING)
    assert len(named) > 10
    assert [name for name in named if not any((place / name).exists() for place in (PACKAGE, PACKAGE.parent))] == []
