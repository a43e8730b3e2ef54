"""Which tests run which lines: noted once, by ``coverage``, and read for each mutant. As a plugin, it notes them."""

import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import coverage
import pytest
from coverage import CoverageData

from tests.mutation.mutants import PACKAGE, ROOT

HOME = ROOT / "build" / "mutation"
DATA = HOME / "lines"


def recorder(suffix: str = "") -> coverage.Coverage:
    return coverage.Coverage(
        data_file=str(DATA) + suffix, include=[f"{PACKAGE}/*"], config_file=False, concurrency=["thread"]
    )


class Noting:
    """Notes the lines of each test, in each process of pytest-xdist."""

    def __init__(self) -> None:
        HOME.mkdir(parents=True, exist_ok=True)
        self._recorder = recorder(f".{os.environ.get('PYTEST_XDIST_WORKER', 'main')}")
        self._recorder.start()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        self._recorder.switch_context(item.nodeid)
        return (yield)  # type: ignore[return-value]

    def pytest_unconfigure(self) -> None:
        self._recorder.stop()
        self._recorder.save()


def pytest_configure(config: pytest.Config) -> None:
    """Note lines where tests are run: not in a process that only hands them out."""
    if hasattr(config, "workerinput") or not getattr(config.option, "numprocesses", None):
        config.pluginmanager.register(Noting(), "noting lines")


def combine() -> None:
    """Make one map of what the processes noted."""
    whole = recorder()
    whole.combine(data_paths=[str(HOME)])
    whole.save()


@cache
def _tests_by_line(path: Path) -> dict[int, list[str]]:
    data = CoverageData(basename=str(DATA))
    data.read()
    return data.contexts_by_lineno(str(path))


def tests_of(path: Path, lines: range) -> set[str]:
    """Return the tests that run any of these lines."""
    noted = _tests_by_line(path)
    return {test for line in lines for test in noted.get(line, ()) if test}
