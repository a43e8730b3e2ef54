"""What a release needs in the files that people write: a version, a dated changelog, addresses, a clean tree."""

import re
import subprocess
import tomllib
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
RELEASED = re.compile(r"\d+\.\d+\.\d+(?:(?:a|b|rc)\d+)?")


def today() -> date:
    """Return the date, the same everywhere on the day of a release."""
    return datetime.now(tz=UTC).date()


def version() -> str:
    """Return the version of the package."""
    text = (ROOT / "viber_messaging" / "__init__.py").read_text(encoding="utf-8")
    return re.findall(r'^__version__ = "(.+)"$', text, re.MULTILINE)[0]


def faults_of_version(tag: str) -> list[str]:
    """Return what is wrong with the version, and with the tag if there is one."""
    ours, faults = version(), []
    if not RELEASED.fullmatch(ours):
        faults.append(f"__version__ is {ours}, but must be like 1.2.3 or 1.2.3rc1")
    if tag and tag != f"v{ours}":
        faults.append(f"the tag is {tag}, but must be v{ours}")
    return faults


def faults_of_changelog(text: str | None = None) -> list[str]:
    """Return what the changelog lacks; ``text`` is used instead of the file if it is given."""
    ours = version()
    sections = sections_of((ROOT / "CHANGELOG.md").read_text(encoding="utf-8") if text is None else text)
    faults = [f"write a heading: ## {ours} – {today():%Y-%m-%d}"] if ours not in sections else []
    if ours in sections and not _is_date(sections[ours][0]):
        faults.append(f"the heading of {ours} has no date such as {today():%Y-%m-%d}")
    if sections.get("Unreleased", ("", ""))[1].strip():
        faults.append(f"move what is under Unreleased to {ours}")
    return faults


def sections_of(text: str) -> dict[str, tuple[str, str]]:
    """Return the date and the text of each version."""
    parts = re.split(r"^## (\S+)(?: – (.*))?$", text, flags=re.MULTILINE)[1:]
    return {name: (day or "", body) for name, day, body in zip(parts[::3], parts[1::3], parts[2::3], strict=True)}


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text) <= today()
    except ValueError:
        return False


def addresses() -> dict[str, Any]:
    """Return the addresses from the one place where they are written."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    found: dict[str, Any] = project["tool"]["hatch"]["metadata"]["hooks"]["custom"]
    return found


def faults_of_addresses() -> list[str]:
    """Return which address is missing."""
    return [
        f"write the {name} into [tool.hatch.metadata.hooks.custom] in pyproject.toml"
        for name, address in addresses().items()
        if not str(address).startswith("https://")
    ]


def faults_of_tree() -> list[str]:
    """Return the files that are not committed."""
    status = subprocess.run(["git", "status", "--porcelain"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [f"not committed: {line[3:]}" for line in status.stdout.splitlines()]
