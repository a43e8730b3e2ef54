"""What the documentation tells people to press or to read stands in the admin, in the same words."""

import re
from pathlib import Path

import pytest
from django.utils.translation import trans_real

from tests.test_snippets import PAGES, name_of

LABEL = re.compile(r"(?<![*\w])\*([A-Z][^*]*)\*(?![*\w])")
"""Words in italics that begin with a capital: a button, a link, a field, a sentence."""

FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)

ELSEWHERE = {
    "back": "the browser's",
    "deprecated": "the changelog's",
    "nothing has arrived yet": "the stand-in's page",
    "order 42": "the beginning of a text that the tutorial sends",
    "removed": "the changelog's",
}
"""Labels that no catalogue has, and whose they are."""


def plain(label: str) -> str:
    """Return a label without its gaps, its dots and its case."""
    return " ".join(re.sub(r"%\(\w+\)s|…", " ", label).split()).rstrip(".:").lower()


@pytest.fixture(scope="module")
def shown() -> set[str]:
    """Every sentence that the admin can show in English, Django's own included."""
    keys = (key for catalog in trans_real.translation("uk")._catalog._catalogs for key in catalog)
    plurals = (text for catalog in trans_real.translation("en")._catalog._catalogs for text in catalog.values())
    msgids = ((key[0] if isinstance(key, tuple) else key).rpartition("\x04")[2] for key in keys)
    return {plain(text) for text in (*msgids, *plurals)}


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_what_a_page_tells_people_to_press_stands_in_the_admin(page: Path, shown: set[str]):
    labels = LABEL.findall(FENCED.sub("", page.read_text(encoding="utf-8")))
    unknown = [label for label in labels if plain(label) not in shown | ELSEWHERE.keys()]
    assert not unknown, "Write what the admin says, or whose words these are into ELSEWHERE."
