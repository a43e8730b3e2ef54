"""Each planted mistake still finds its function; whether tests notice it, ``python -m tests.mutants`` tells."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from tests.mutants import MUTANTS, ROOT, Mutant

PACKAGE = "viber_messaging"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package's sources, copied."""
    copy = tmp_path_factory.mktemp("whole")
    shutil.copytree(ROOT / PACKAGE, copy / PACKAGE, ignore=shutil.ignore_patterns("__pycache__", "static", "locale"))
    return copy


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_each_mistake_can_be_planted(mutant: Mutant, whole: Path):
    home, _function = mutant.find()
    path = whole / home.relative_to(ROOT)
    source = path.read_text()
    try:
        mutant.plant(whole)
        assert path.read_text() != source
    finally:
        path.write_text(source)


@pytest.mark.parametrize("wrong", [{"function": "no_such"}, {"pattern": "no such text"}, {"pattern": "s"}])
def test_a_mistake_is_told_that_finds_no_place_of_its_own(wrong: dict[str, str], whole: Path):
    with pytest.raises(LookupError, match="it is said"):
        replace(MUTANTS[0], **wrong).plant(whole)


def test_every_folder_of_tests_is_there():
    assert [mutant.name for mutant in MUTANTS if not (ROOT / mutant.tests).exists()] == []
