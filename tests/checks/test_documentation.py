"""Each complaint has its own id, and the line of the documentation that its link leads to."""

import ast
import re
import runpy
import tomllib
from pathlib import Path

import pytest

from tests.sources import PACKAGE, dotted, modules, nodes
from viber_messaging.checks.messages import COMPLAINTS, DOCUMENTATION, TAG, complaint

ROOT = Path(__file__).parents[2]


def test_a_number_is_given_once():
    with pytest.raises(ValueError, match=r"viber_messaging\.E003 is taken"):
        complaint("E003", "Something else.", hint="Nothing.")


def test_nothing_is_said_that_is_not_declared():
    names = {"checks.Error", "checks.Warning", "Error", "Warning"}
    for name, source in modules(PACKAGE / "checks"):
        assert not names & {dotted(call.func) for call in nodes(source, ast.Call)}, name


def test_every_complaint_has_a_line_in_the_reference():
    substitutions = runpy.run_path(str(ROOT / "docs" / "conf.py"))["myst_substitutions"]
    assert "{{ checks }}" in (ROOT / "docs" / "reference" / "checks.md").read_text()
    assert len(COMPLAINTS) > 25
    for number, one in COMPLAINTS.items():
        assert f"[{TAG}.{number}]{{#{one.url.partition('#')[2]}}}" in substitutions["checks"]


def test_the_link_leads_where_the_documentation_is_published():
    text = (ROOT / "pyproject.toml").read_text()
    assert tomllib.loads(text)["tool"]["hatch"]["metadata"]["hooks"]["custom"]["documentation"] == DOCUMENTATION
    assert {address.rstrip("/") for address in re.findall(r"https://[^/]+readthedocs[^/]*/en/\w+", text)} == {
        DOCUMENTATION.rstrip("/")
    }
    assert (ROOT / ".readthedocs.yaml").exists()
