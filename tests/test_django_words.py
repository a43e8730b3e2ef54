"""Our words do not change Django's: Django merges the catalogues of all apps, and the same words must mean the same."""

from collections.abc import Iterator
from pathlib import Path

import django
import pytest
from django.utils import translation

import viber_messaging
from viber_messaging import models

OURS = Path(viber_messaging.__file__).parent / "locale"
THEIRS = Path(django.__file__).parent
SHARED = frozenset({
    "Delete selected %(verbose_name_plural)s", "Click here to select the objects across all pages", "Clear selection",
    " By %(filter_title)s ", "Please correct the error below.", "Show all", "No, take me back",
})  # fmt: skip
"""What our templates say in the places and the words of Django's own."""


def words(catalogue: Path) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield each message without a context, with its translations."""
    for block in catalogue.read_text(encoding="utf-8").split("\n\n"):
        lines = [line for line in block.splitlines() if not line.startswith("#")]
        if lines and lines[0].startswith("msgid ") and "msgctxt" not in block:
            said = "\n".join(lines)
            yield _joined(said, "msgid "), tuple(_joined(said, start) for start in ("msgstr ", "msgstr[0] "))


def _joined(block: str, start: str) -> str:
    kept, is_inside = [], False
    for line in block.splitlines():
        if line.startswith(start):
            is_inside, line = True, line.removeprefix(start)
        elif not line.startswith('"'):
            is_inside = False
        if is_inside:
            kept.append(line.strip()[1:-1])
    return "".join(kept)


def test_no_word_of_ours_replaces_one_of_django():
    ours = dict(words(OURS / "uk/LC_MESSAGES/django.po"))
    catalogues = [
        *THEIRS.glob("contrib/*/locale/uk/LC_MESSAGES/django.po"),
        THEIRS / "conf/locale/uk/LC_MESSAGES/django.po",
    ]
    clashes = {
        msgid
        for catalogue in catalogues
        for msgid, said in words(catalogue)
        if msgid in ours and any(said) and ours[msgid] != said
    }
    assert clashes - SHARED - {""} == set(), "Give these words a context."
    assert len(ours) > 500


@pytest.mark.parametrize(
    ("model", "name"),
    [
        (models.Sender, "відправник"),
        (models.Recipient, "отримувач"),
        (models.RecipientGroup, "група отримувачів"),
        (models.Campaign, "розсилка"),
        (models.SendAttempt, "спроба"),
    ],
)
def test_a_model_is_called_by_its_name_and_not_by_a_case_of_it(model: type, name: str):
    with translation.override("uk"):
        assert str(model._meta.verbose_name) == name  # type: ignore[attr-defined]
