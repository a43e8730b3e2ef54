"""What a release builds: a wheel and an sdist that anybody can build again, their page, and a bill of materials."""

import filecmp
import os
import re
import subprocess
import sys
import tempfile
import venv
from pathlib import Path
from zipfile import ZipFile

from tests.release.documents import ROOT

LINK = re.compile(r"\]\((?!https://)[^)]*\)")
"""A link of the page that leads to a file beside the README, where on PyPI there is none."""


def faults_of_build(out: Path) -> list[str]:
    """Build the sdist and the wheel into ``out`` twice; return what differs or failed."""
    with tempfile.TemporaryDirectory() as again:
        for folder in (out, Path(again)):
            if faults := _run("-m", "build", "--outdir", str(folder), str(ROOT)):
                return faults
        names = sorted(path.name for path in Path(again).iterdir())
        _same, different, missing = filecmp.cmpfiles(out, again, names, shallow=False)
        return [f"built twice, {name} differs" for name in different + missing]


def faults_of_files(out: Path) -> list[str]:
    """Return why PyPI would refuse the files, and what their page should not say."""
    files = [str(path) for path in sorted(out.glob("*")) if path.name.endswith((".whl", ".tar.gz"))]
    wheels = [name for name in files if name.endswith(".whl")]
    if not wheels:
        return ["nothing is built"]
    faults = _run("-m", "twine", "check", "--strict", *files) + _run("-m", "check_wheel_contents", *wheels)
    return faults + faults_of_page(page_of(Path(wheels[0])))


def page_of(wheel: Path) -> str:
    """Return what PyPI shows: the metadata with the README."""
    with ZipFile(wheel) as archive:
        name = next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        return archive.read(name).decode()


def faults_of_page(page: str) -> list[str]:
    """Return what misleads on the page: links to files, and commands for a clone of the repository."""
    faults = [f"a link to a file: {link}" for link in LINK.findall(page)]
    return faults + [
        f"a command for a clone: {word}" for word in ("pip install -e", "pip install -q -e") if word in page
    ]


def faults_of_bill(out: Path) -> list[str]:
    """Write the bill of materials of what the wheel installs where nothing else is."""
    wheels = sorted(out.glob("*.whl"))
    if not wheels:
        return ["nothing is built"]
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        python = str(Path(folder) / ("Scripts" if os.name == "nt" else "bin") / "python")
        if faults := _call(python, "-m", "pip", "install", "-q", "--disable-pip-version-check", str(wheels[-1])):
            return faults
        _call(python, "-m", "pip", "uninstall", "-q", "-y", "pip", "setuptools")
        return _run("-m", "cyclonedx_py", "environment", python, "--of", "JSON", "-o", str(out / "sbom.cdx.json"))


def _run(*arguments: str) -> list[str]:
    """Run a module of this Python; return the end of what it said if it failed."""
    return _call(sys.executable, *arguments)


def _call(*arguments: str) -> list[str]:
    ran = subprocess.run(arguments, cwd=ROOT, capture_output=True, text=True, check=False)
    said = (ran.stdout + ran.stderr).strip().splitlines()
    return said[-3:] or [f"{arguments[2]} failed"] if ran.returncode else []
