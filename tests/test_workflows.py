"""What GitHub runs: every Action is pinned by its hash, no job may do more than it needs, releases are attested."""

import re
from pathlib import Path

import pytest

GITHUB = Path(__file__).parents[1] / ".github"
WORKFLOWS = sorted((GITHUB / "workflows").glob("*.yml"))
PINNED = re.compile(r"[\w-]+(?:/[\w-]+)+@[0-9a-f]{40}  # v\d+\.\d+\.\d+")


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.stem)
def test_every_action_is_pinned_by_its_hash_with_its_version_beside_it(workflow: Path):
    used = re.findall(r"uses: (.+)", workflow.read_text())
    assert used
    assert [one for one in used if not PINNED.fullmatch(one)] == []


def test_an_action_has_one_version_everywhere():
    used = {one for workflow in WORKFLOWS for one in re.findall(r"uses: (.+)", workflow.read_text())}
    assert len({one.partition("@")[0] for one in used}) == len(used)


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_may_only_read_unless_a_job_says_why(workflow: Path):
    text = workflow.read_text()
    assert "\npermissions:\n  contents: read\n" in text
    assert re.findall(r"^ +[\w-]+: write$", text, re.MULTILINE) == []


def test_a_release_is_checked_attested_and_has_a_bill_of_materials():
    text = (GITHUB / "workflows" / "release.yml").read_text()
    assert "python -m tests.release --tag" in text
    assert [
        word for word in ("attest-build-provenance@", "attestations: true", "sbom.cdx.json") if word not in text
    ] == []
    assert "password" not in text


def test_newer_actions_and_tools_are_proposed():
    text = (GITHUB / "dependabot.yml").read_text()
    assert re.findall(r"package-ecosystem: (\S+)", text) == ["github-actions", "pip"]


def test_djangos_main_branch_is_tried_with_warnings_as_errors():
    tox = (GITHUB.parent / "tox.ini").read_text()
    assert "tox -e py314-djangomain" in (GITHUB / "workflows" / "weekly.yml").read_text()
    assert "djangomain: python -W error" in tox
    assert '"error",' in (GITHUB.parent / "pyproject.toml").read_text()
