"""What the wire says, in the reader's language: every sentence of it."""

import ast
from collections.abc import Iterator

import pytest
from django.utils import translation

from tests.sources import PACKAGE, dotted, modules, nodes
from viber_messaging.words import gateway_sentences
from viber_messaging.words.explanations import translate_error

KINDS = {"OutcomeUnknown", "Misdirected", "Untrusted", "Unreachable", "_error"}


def said_by_the_wire() -> Iterator[str]:
    """Find each sentence that an error of the wire is made with, as its source has it; what is filled in becomes x."""
    for name, source in modules(PACKAGE / "gateway"):
        for call in nodes(source, ast.Call):
            if dotted(call.func) in KINDS:
                yield from filter(None, map(_text, call.args))
        if name == "errors.py":
            assigned = nodes(source, ast.AnnAssign) + nodes(source, ast.Assign)
            yield from filter(None, [_text(node.value) for node in assigned])


def _text(node: ast.AST | None) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value.replace("{status}", "x")
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else "x" for part in node.values)
    return ""


def test_every_sentence_of_the_wire_is_known():
    said = set(said_by_the_wire())
    assert len(said) > 20
    unknown = {sentence for sentence in said if not _is_known(sentence)}
    assert not unknown


def _is_known(sentence: str) -> bool:
    return any(pattern.fullmatch(sentence) for pattern in gateway_sentences._PATTERNS.values())


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("The gateway did not answer in time.", "вчасно"),
        ("gateway.example cannot be reached.", "gateway.example"),
        ("The answer (HTTP 502) is not from the gateway.", "502"),
    ],
)
def test_a_stored_sentence_is_read_in_ukrainian(said: str, words: str):
    with translation.override("uk"):
        translated = translate_error(said)
    assert words in translated
    assert any("а" <= letter <= "я" for letter in translated)


def test_what_fills_a_sentence_is_text_and_no_pattern():
    said = "%(host)s.*\\1 cannot be reached."
    with translation.override("en"):
        assert gateway_sentences.translate(said) == said


def test_a_sentence_of_somebody_else_s_stays_as_it_is():
    assert translate_error("My own words.") == "My own words."
    assert translate_error("") == ""
