"""Texts with placeholders, after a first line that names a column."""

from tests.fuzz.readers import PlaceholderError, Template, parse, render
from tests.fuzz.sentences import check_sentence
from tests.fuzz.target import Target
from tests.fuzz.targets.phones import text_of

VALUE = "Олена {name}"


def read(content: bytes) -> None:
    column, _newline, text = text_of(content).partition("\n")
    check_filling(text, column)
    escaped = text.replace("{", "{{").replace("}", "}}")
    assert render(escaped, {}).text == text
    assert parse(escaped).fixed_length == len(text)


def check_filling(text: str, column: str) -> None:
    """Check that a text is refused with a sentence, or filled with the values and nothing else."""
    try:
        template = parse(text)
    except PlaceholderError as error:
        check_sentence(error)
        return
    filled = render(text, {column: VALUE, "name": VALUE, "sum": 2.5})
    assert set(filled.missing) <= {placeholder.name for placeholder in template.placeholders}
    assert len(filled.text) <= template.fixed_length + longest_filling(template)


def longest_filling(template: Template) -> int:
    """Return the most characters that the placeholders of a text can be replaced by."""
    return sum(max(len(VALUE), len(placeholder.default or "")) for placeholder in template.placeholders)


PLACEHOLDERS = Target(name="placeholders", read=read, longest=1024)
