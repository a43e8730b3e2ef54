"""The Pythons and Djangos that are promised are the ones that are tested, everywhere the same."""

import re
import tomllib
from collections.abc import Iterable
from configparser import ConfigParser
from itertools import product
from pathlib import Path

from tests.hosts.__main__ import DJANGOS, OLDEST_PYTHON, PYTHONS

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
IN_BRACES = re.compile(r"\{([\d,]+)\}")


def classified(prefix: str) -> list[str]:
    """Return the versions that the package index shows."""
    pattern = re.compile(rf"{re.escape(prefix)} :: (\d+\.\d+)")
    return [found[1] for name in PROJECT["classifiers"] if (found := pattern.fullmatch(name))]


def pairs() -> set[str]:
    """Return every pair that Django itself supports, as tox names it."""
    return {
        f"py{python}-django{django}".replace(".", "")
        for python, django in product(classified("Programming Language :: Python"), classified("Framework :: Django"))
        if as_numbers(python) >= as_numbers(OLDEST_PYTHON[django])
    }


def as_numbers(version: str) -> list[int]:
    return [int(number) for number in version.split(".")]


def expanded(name: str) -> Iterable[str]:
    """Write out ``py{311,312}-django{60,61}``."""
    choices = [group.split(",") for group in IN_BRACES.findall(name)]
    return [IN_BRACES.sub("{}", name).format(*chosen) for chosen in product(*choices)]


def test_tox_runs_every_pair() -> None:
    tox = ConfigParser()
    tox.read(ROOT / "tox.ini")
    lines = tox["tox"]["env_list"].split()
    assert {name for line in lines for name in expanded(line)} == pairs() | {"hosts"}


def test_the_workflow_runs_every_pair_with_its_python() -> None:
    workflow = (ROOT / ".github" / "workflows" / "test.yml").read_text()
    entries = re.findall(r'\{python: "([\d.]+)", env: ([\w-]+)\}', workflow)
    assert {name for _python, name in entries} == pairs()
    assert [name for python, name in entries if not name.startswith(f"py{python.replace('.', '')}-")] == []


def test_the_host_sites_are_visited_with_all_of_them() -> None:
    assert list(PYTHONS) == classified("Programming Language :: Python")
    assert list(DJANGOS) == classified("Framework :: Django")


def test_the_readme_promises_no_others() -> None:
    pythons, djangos = classified("Programming Language :: Python"), classified("Framework :: Django")
    promise = f"Python {pythons[0]}–{pythons[-1]}, Django {djangos[0]}–{djangos[-1]}"
    assert promise in (ROOT / "README.md").read_text()
    assert PROJECT["requires-python"] == f">={pythons[0]}"
    assert f"django>={djangos[0]}" in PROJECT["dependencies"]
