"""The parts of an SMS are counted as the operators count them; the page's script counts the same examples."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viber_messaging.text import sms

EXAMPLES = json.loads((Path(__file__).parents[1] / "data" / "sms_parts.json").read_text())


@pytest.mark.parametrize("example", EXAMPLES, ids=[example["name"] for example in EXAMPLES])
def test_the_parts_of_an_example(example: dict[str, object]):
    text = str(example["text"]) * int(str(example.get("times", 1)))
    found = sms.measure(text)
    assert (found.encoding.name, found.places, found.parts) == (
        example["encoding"],
        example["places"],
        example["parts"],
    )


@given(st.text(max_size=300), st.text(max_size=5))
def test_a_longer_text_never_has_fewer_parts(text: str, more: str):
    assert sms.count_parts(text + more) >= sms.count_parts(text)
