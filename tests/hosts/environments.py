"""Environments with one Python, one Django and the wheel; made once and kept in a directory."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

ROOT = Path(__file__).parents[2]
LEFT_OUT = ("DJANGO_", "PYTHONPATH", "VIRTUAL_ENV", "VIBER_", "DATABASE_URL")


class Failed(Exception):
    """A command of a host site failed; its output says why."""


class Missing(Exception):
    """This machine lacks what a site needs: a Python, a database server, a broker."""


def environment_without_ours() -> dict[str, str]:
    """Return the variables of this process, without our own settings and paths."""
    return {name: value for name, value in os.environ.items() if not name.startswith(LEFT_OUT)}


def run(command: Sequence[str | Path], *, cwd: Path, **environment: str) -> str:
    """Run a command without our own settings and paths; return what it printed. Raises Failed."""
    ran = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=environment_without_ours() | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if ran.returncode:
        raise Failed(f"{' '.join(map(str, command))} ended with {ran.returncode}:\n{ran.stdout}")
    return ran.stdout


def build(directory: Path) -> Path:
    """Build the sdist into ``directory``, and from it the wheel; return where that lies."""
    shutil.rmtree(directory, ignore_errors=True)
    builder = Environment(directory=directory.with_name("builder"))
    if not builder.python.exists():
        run([sys.executable, "-m", "venv", builder.directory], cwd=ROOT)
        builder.pip("build")
    run([builder.python, "-m", "build", "--outdir", directory, ROOT], cwd=directory.parent)
    return next(directory.glob("*.whl"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """A virtual environment."""

    directory: Path
    django: str = ""
    wheel: Path | None = None

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.directory / "bin" / "python"

    @property
    def of_a_person(self) -> dict[str, str]:
        """Variables with which ``python3`` is this Python, and pip finds the wheel and takes this Django."""
        constraint = self.directory / "constraint.txt"
        constraint.write_text(f"django~={self.django}.0\n")
        found = " ".join(filter(None, [os.environ.get("PIP_FIND_LINKS"), str(self.wheel and self.wheel.parent)]))
        path = f"{self.python.resolve().parent}{os.pathsep}{os.environ['PATH']}"
        return {"PATH": path, "PIP_FIND_LINKS": found, "PIP_CONSTRAINT": str(constraint)}

    def pip(self, *arguments: str | Path) -> None:
        """Install."""
        run([self.python, "-m", "pip", "install", "-q", "--disable-pip-version-check", *arguments], cwd=ROOT)


@cache
def make(work: Path, *, python: str, django: str, wheel: Path) -> Environment:
    """Return an environment with this Python, this Django and the wheel, without the tools of our own."""
    made = Environment(directory=work / f"python{python}-django{django}", django=django, wheel=wheel)
    if not made.python.exists():
        run([interpreter(python), "-m", "venv", made.directory], cwd=ROOT)
        made.pip(f"django~={django}.0", "pytest", "pytest-django")
    made.pip("--force-reinstall", "--no-deps", wheel)
    made.pip(wheel)
    return made


def find_server(url: str) -> SplitResult:
    """Return where it listens. Raises Missing where nobody does."""
    address = urlsplit(url)
    try:
        socket.create_connection((address.hostname, address.port), timeout=5).close()
    except OSError:
        raise Missing(f"Nobody listens at {address.hostname}:{address.port}.") from None
    return address


def interpreter(version: str) -> str:
    """Return the path of this Python. Raises Missing where the machine has none."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    found = [*sorted(pyenv.glob(f"{version}.*/bin/python{version}")), shutil.which(f"python{version}")]
    for path in filter(None, found):
        return str(path)
    raise Missing(f"There is no Python {version} on this machine.")
