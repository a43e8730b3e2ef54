"""Every sentence that staff or the log can meet has its row in the documentation: what it means, what to do."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.doors import REASONS
from tests.sources import PACKAGE, dotted, modules, nodes
from viber_messaging.words.explanations import REASONS as EXPLAINED
from viber_messaging.words.gateway_sentences import SENTENCES

PAGE = (Path(__file__).parents[1] / "docs" / "errors.md").read_text(encoding="utf-8")
ROWS = {row.split(" | ")[0].removeprefix("| ") for row in PAGE.splitlines() if row.startswith("| ")}


def kept_sentences() -> Iterator[str]:
    """Yield what sending may keep with a message or a campaign."""
    for _name, source in modules(PACKAGE / "delivery"):
        for node in nodes(source, ast.Call):
            if dotted(node.func) == "gettext_noop":
                yield ast.literal_eval(node.args[0])


def test_each_sentence_that_is_kept_has_a_row():
    sentences = set(kept_sentences())
    assert len(sentences) > 15
    assert sentences - ROWS == set()


def test_each_sentence_of_the_line_has_a_row():
    said = {re.sub(r"%\(\w+\)s", "…", sentence) for sentence in SENTENCES}
    assert said - ROWS == set()


def test_no_row_tells_of_what_nobody_says():
    ours = {row for row in ROWS if row[:1].isupper() or row.startswith("…")}
    said = {re.sub(r"%\(\w+\)s", "…", sentence) for sentence in SENTENCES}
    assert ours == said | set(kept_sentences())


def test_each_reason_to_pause_is_explained():
    assert set(REASONS.values()) | {"billing", "unrecorded"} == EXPLAINED.keys()
    for table in ("reasons", "states", "message_codes", "request_codes"):
        assert f"\n{{{{ {table} }}}}\n" in PAGE
