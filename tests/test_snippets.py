"""What the README and the documentation show is run: their Python, and the options of their commands."""

import re
import shlex
import subprocess
import sys
from itertools import takewhile
from pathlib import Path
from typing import Any

import pytest
from django.core.management import get_commands, load_command_class
from django.core.management.base import BaseCommand

from viber_messaging import api
from viber_messaging.conf import SETTINGS
from viber_messaging.sandbox import Sandbox

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / name for name in ("README.md", "CONTRIBUTING.md")] + sorted((ROOT / "docs").rglob("*.md"))

PYTHON = re.compile(r"^(?:```python|<!-- python)\n(.*?)^(?:```|-->)$", re.MULTILINE | re.DOTALL)
"""What is shown, and in a comment what a page takes for granted."""

CONSOLE = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def name_of(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_the_python_of_a_page_runs_from_top_to_bottom(page: Path, gateway: Sandbox, configure: Any, elsewhere: None):
    configure(DISPATCH="inline")
    text = page.read_text()
    names: dict[str, Any] = {"__name__": "snippet"}
    for block in PYTHON.finditer(text):
        above = text.count("\n", 0, block.start(1))
        exec(compile("\n" * above + block[1], name_of(page), "exec"), names)


def manage_commands(page: Path) -> list[list[str]]:
    lines = [line for block in CONSOLE.finditer(page.read_text()) for line in block[1].splitlines()]
    return [words_of(line.partition("manage.py ")[2]) for line in lines if "manage.py " in line]


def words_of(command: str) -> list[str]:
    """Return what the shell hands to the command: neither a comment nor where the output goes."""
    return list(takewhile(lambda word: word != ">", shlex.split(command, comments=True)))


COMMANDS = [(page, words) for page in PAGES for words in manage_commands(page)]


@pytest.mark.parametrize(
    ("page", "words"), COMMANDS, ids=lambda value: name_of(value) if isinstance(value, Path) else ""
)
def test_every_command_of_a_page_exists_and_knows_its_options(page: Path, words: list[str]):
    name, *options = words
    app = get_commands().get(name, "project")
    command = app if isinstance(app, BaseCommand) else load_command_class(app, name)
    command.create_parser("manage.py", name).parse_args(options)


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_link_of_a_page_to_another_file_leads_to_one(page: Path):
    targets = re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text())
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_the_reference_names_every_setting_with_its_key():
    reference = (ROOT / "docs" / "reference" / "settings.md").read_text()
    missing = [key for key in SETTINGS if f"`{key}`" not in reference]
    assert not missing, "Give each a row in docs/reference/settings.md."


def test_the_page_of_errors_names_every_exception_of_the_api():
    page = (ROOT / "docs" / "errors.md").read_text()
    classes = [name for name in api.__all__ if isinstance(getattr(api, name), type)]
    exceptions = [name for name in classes if issubclass(getattr(api, name), Exception)]
    assert len(exceptions) > 5
    assert [name for name in exceptions if not re.search(rf"(`|:: ){name}\b", page)] == []


@pytest.mark.parametrize("name", [name for name, app in get_commands().items() if app == "viber_messaging"])
def test_the_reference_names_every_option_of_a_command(name: str):
    reference = (ROOT / "docs" / "reference" / "commands.md").read_text()
    (row,) = re.findall(rf"^\| `{name}` \|(.*)$", reference, re.MULTILINE)
    parser = load_command_class("viber_messaging", name).create_parser("manage.py", name)
    inherited = BaseCommand().create_parser("manage.py", name)
    ours = {option for action in parser._actions for option in action.option_strings}
    theirs = {option for action in inherited._actions for option in action.option_strings}
    assert set(re.findall(r"`(--[a-z-]+)", row)) == ours - theirs


@pytest.mark.processes
def test_one_test_can_be_run_as_contributors_are_told():
    (command,) = re.findall(r"^- one test: `\.venv/bin/pytest (.+)`$", (ROOT / "CONTRIBUTING.md").read_text(), re.M)
    arguments = shlex.split(command)
    found = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "-q", *arguments],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert found.returncode == 0, found.stdout


def test_the_hook_runs_the_quick_tests_that_contributors_run():
    (first,) = re.findall(r"^- first, .+:\n  `\.venv/bin/pytest (.+)`$", (ROOT / "CONTRIBUTING.md").read_text(), re.M)
    assert f"entry: .venv/bin/pytest -q {first}\n" in (ROOT / ".pre-commit-config.yaml").read_text()
    assert all((ROOT / folder).is_dir() for folder in first.split())


def test_the_reference_names_every_command():
    reference = (ROOT / "docs" / "reference" / "commands.md").read_text()
    ours = [name for name, app in get_commands().items() if app == "viber_messaging"]
    assert [name for name in ours if f"`{name}`" not in reference] == []
