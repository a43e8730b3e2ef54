"""Who gave a number out."""

import pytest

from viber_messaging.text.carriers import name_operator


@pytest.mark.parametrize(
    ("beginning", "language", "name"),
    [
        ("+38097", "en", "Kyivstar"),
        ("+38067", "uk", "Київстар"),
        ("+38050", "en", "Vodafone"),
        ("+38093", "uk", "lifecell"),
        ("+38000", "en", "+38000"),
        ("+380", "en", "+380"),
        ("+48501", "en", "+48 (PL)"),
        ("+42060", "uk", "+420 (CZ)"),
        ("+12025", "en", "+1"),
        ("+99999", "en", "+99999"),
        ("+", "en", "+"),
    ],
)
def test_the_operator_of_a_ukrainian_number_and_the_country_of_others_are_named(
    beginning: str, language: str, name: str
):
    assert name_operator(beginning, language) == name
