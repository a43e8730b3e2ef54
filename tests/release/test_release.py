"""The checklist of a release finds what is open."""

from datetime import timedelta

import pytest

from tests.release import artefacts, documents
from tests.release.__main__ import points, told

TODAY = documents.today().isoformat()
HEAD = "# Changelog\n\n## Unreleased\n\n"


def changelog(day: str = TODAY, unreleased: str = "") -> str:
    return f"{HEAD}{unreleased}\n## {documents.version()} – {day}\n\n- Something.\n"


def test_a_dated_section_and_nothing_unreleased_is_ready():
    assert documents.faults_of_changelog(changelog()) == []


@pytest.mark.parametrize("day", ["", "soon", "28.11.2026", (documents.today() + timedelta(days=1)).isoformat()])
def test_a_version_without_a_day_that_has_come_is_open(day: str):
    assert len(documents.faults_of_changelog(changelog(day))) == 1


def test_a_version_that_the_changelog_lacks_is_open_with_the_line_to_write():
    assert documents.faults_of_changelog(HEAD) == [f"write a heading: ## {documents.version()} – {TODAY}"]


def test_something_unreleased_is_open():
    assert documents.faults_of_changelog(changelog(unreleased="### Added\n\n- More.\n")) != []


def test_a_tag_of_another_version_is_open():
    assert documents.faults_of_version("") == documents.faults_of_version(f"v{documents.version()}") == []
    assert len(documents.faults_of_version("v0.0.9")) == 1


@pytest.mark.parametrize(
    ("page", "count"),
    [
        ("See [this](https://example.com/).", 0),
        ("See [this](docs/index.md).", 1),
        ("See [below](#below).", 1),
        ("pip install -q -e .", 1),
        ("pip install django-viber-messaging", 0),
    ],
)
def test_a_page_that_misleads_is_open(page: str, count: int):
    assert len(artefacts.faults_of_page(page)) == count


def test_a_point_is_ticked_or_says_what_is_missing(capsys: pytest.CaptureFixture[str]):
    assert not told(("one", list))
    assert told(("two", lambda: ["more"]))
    assert capsys.readouterr().out == "[x] one\n[ ] two\n      more\n"


def test_every_point_has_its_own_name(tmp_path):
    names = [name for name, _check in points("", tmp_path)]
    assert len(names) == len(set(names)) > 5
