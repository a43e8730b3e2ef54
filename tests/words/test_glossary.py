"""Each thing has the name in the glossary, and no other, in both languages of the admin."""

import re
from pathlib import Path

import pytest

import viber_messaging

GLOSSARY = Path(__file__).resolve().parents[2] / "docs/reference/glossary.md"
CATALOGUES = Path(viber_messaging.__file__).parent / "locale"
LANGUAGES = ("en", "uk")


def terms() -> list[list[str]]:
    """Return the cells of each row: English, Ukrainian, meaning, words not to use."""
    lines = [line for line in GLOSSARY.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[1:]]


def sentences(language: str) -> list[str]:
    """Return what the admin says in this language."""
    catalogue = (CATALOGUES / language / "LC_MESSAGES/django.po").read_text(encoding="utf-8")
    return re.findall(r'^msgstr(?:\[\d\])? "(.+)"$', catalogue, re.MULTILINE)


SAID = {language: sentences(language) for language in LANGUAGES}
AVOIDED = [(term[0], word.strip()) for term in terms() for word in term[3].split(",")]
NAMES = [
    (language, name.strip()) for term in terms() for language, names in zip(LANGUAGES, term, strict=False)
    for name in names.split(",")
]  # fmt: skip


def having(word: str, language: str, end: str = r"\b") -> list[str]:
    is_word = re.compile(rf"\b{re.escape(word)}{end}", re.IGNORECASE)
    return [said for said in SAID[language] if is_word.search(said)]


@pytest.mark.parametrize(("name", "avoided"), AVOIDED)
def test_no_other_word_for_a_term_is_used(name: str, avoided: str):
    assert [said for language in LANGUAGES for said in having(avoided, language)] == [], (
        f"Say “{name}” as the glossary does."
    )


@pytest.mark.parametrize(("language", "name"), NAMES)
def test_each_term_is_used_by_its_name(language: str, name: str):
    stem = name if len(name) < 5 or " " in name else name[:-2]  # Ukrainian words have cases
    assert having(stem, language, end=""), f"The admin never says “{name}”."


def test_the_glossary_and_the_catalogues_are_read():
    assert len(AVOIDED) > 50
    assert all(len(SAID[language]) > 900 for language in LANGUAGES)
