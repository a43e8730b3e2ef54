"""An entry of the history is stored in English, and read in the reader's language."""

import pytest
from django.utils import translation

from viber_messaging.admin.pages.sentences import in_own_words


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("Copied from: Kyiv, 2 % (old)", "Kyiv, 2 % (old)"),
        ("5 numbers were added to “Group”.", "5"),
        ("Exported: all, 21 rows", "21"),
        ("Imported from my. people.csv. New: 3", "my. people.csv"),
    ],
)
def test_an_entry_of_ours_keeps_its_values(entry: str, said: str):
    with translation.override("uk"):
        told = in_own_words(entry)
    assert told != entry
    assert said in told


@pytest.mark.parametrize("entry", ["", "Copied from: ", "Copied from", "Something of the site: 5", "x" * 100_000])
def test_another_entry_stays_as_it_is(entry: str):
    with translation.override("uk"):
        assert in_own_words(entry) == entry
