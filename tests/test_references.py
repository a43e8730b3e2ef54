"""One intent has one reference, whatever becomes of rows, processes and settings."""

from collections.abc import Callable

from tests.sources import modules
from viber_messaging import references
from viber_messaging.references import Seed

MAKERS = {"references.py", "models/intent.py"}
"""The function of the intent, and what an intent is."""


def test_the_same_intent_has_the_same_reference_in_every_process_and_version():
    seed = "10000000000000-140000000000000-a-b_c"
    assert Seed(seed).reference("key order-42") == 11967450932731
    assert Seed(seed).reference("key order-42") == Seed(seed).reference("key order-42")


def test_another_seed_another_intent_and_another_candidate_have_another_reference():
    seed, other = Seed(references.draw_seed()), Seed(references.draw_seed())
    found = {
        seed.reference("key order-42"),
        seed.reference("key order-43"),
        seed.reference("form order-42"),
        seed.reference("key order-42", 1),
        other.reference("key order-42"),
    }
    assert len(found) == 5


def test_references_fill_the_range_and_never_leave_it(configure: Callable[..., None]):
    configure(REFERENCE_RANGE=(500, 503))
    seed = Seed(references.draw_seed())
    assert {seed.reference(f"key {number}") for number in range(200)} == {500, 501, 502}


def test_a_range_that_is_changed_later_moves_no_reference(configure: Callable[..., None]):
    text = references.draw_seed()
    before = Seed(text).reference("key order-42")
    configure(REFERENCE_RANGE=(1, 1000))
    assert Seed(text).reference("key order-42") == before


def test_the_longest_seed_fits_its_column(configure: Callable[..., None]):
    configure(REFERENCE_RANGE=(2**63 - 2, 2**63))
    assert len(references.draw_seed()) <= references.SEED_MAX_LENGTH


def test_no_other_code_draws_references():
    makers = {
        name
        for name, source in modules()
        if any(word in source for word in ("conf.REFERENCE_RANGE", "Seed(", "references.draw()"))
    }
    assert makers == MAKERS | {"models/database/fields.py"}  # which draws for a fixture that has none
