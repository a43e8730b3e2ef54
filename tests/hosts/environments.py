"""Environments with one Python, one Django and the wheel; made once and kept in a directory."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]


class Failed(Exception):
    """A command of a host site failed; its output says why."""


def run(command: Sequence[str | Path], *, cwd: Path, **environment: str) -> str:
    """Run a command without our own settings and paths; return what it printed. Raises Failed."""
    left_out = ("DJANGO_", "PYTHONPATH", "VIRTUAL_ENV", "VIBER_", "DATABASE_URL")
    clean = {name: value for name, value in os.environ.items() if not name.startswith(left_out)}
    ran = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=clean | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if ran.returncode:
        raise Failed(f"{' '.join(map(str, command))} ended with {ran.returncode}:\n{ran.stdout}")
    return ran.stdout


def build(directory: Path) -> Path:
    """Build the wheel into ``directory``; return where it lies."""
    shutil.rmtree(directory, ignore_errors=True)
    run([sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", directory, "."], cwd=ROOT)
    return next(directory.glob("*.whl"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """A virtual environment."""

    directory: Path

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.directory / "bin" / "python"

    def pip(self, *arguments: str | Path) -> None:
        """Install."""
        run([self.python, "-m", "pip", "install", "-q", "--disable-pip-version-check", *arguments], cwd=ROOT)


def make(work: Path, *, python: str, django: str, wheel: Path) -> Environment:
    """Return an environment with this Python, this Django and the wheel, without the tools of our own."""
    made = Environment(directory=work / f"python{python}-django{django}")
    if not made.python.exists():
        run([interpreter(python), "-m", "venv", made.directory], cwd=ROOT)
        made.pip(f"django~={django}.0", "pytest", "pytest-django")
    made.pip("--force-reinstall", "--no-deps", wheel)
    made.pip(wheel)
    return made


def interpreter(version: str) -> str:
    """Return the path of this Python. Raises Failed where the machine has none."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    found = [*sorted(pyenv.glob(f"{version}.*/bin/python{version}")), shutil.which(f"python{version}")]
    for path in filter(None, found):
        return str(path)
    raise Failed(f"There is no Python {version} on this machine.")
