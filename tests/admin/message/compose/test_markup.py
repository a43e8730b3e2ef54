"""Viber's marks, as a phone shows them."""

import pytest

from viber_messaging.admin.message.compose.markup import to_html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("*bold*", "<b>bold</b>"),
        ("_italic_ ~gone~", "<i>italic</i> <s>gone</s>"),
        ("*_both_*", "<b><i>both</i></b>"),
        ("```x * y * z```", "<code>x * y * z</code>"),
        ("```two\nlines```", "<code>two\nlines</code>"),
        ("2 * 3 * 4", "2 * 3 * 4"),
        ("snake_case_name", "snake_case_name"),
        ("*left open", "*left open"),
        ("*over\nlines*", "*over\nlines*"),
        ("**", "**"),
        ("_snake_case_ *2*3*", "<i>snake_case</i> <b>2*3</b>"),
        ("(*so*), *we* say", "(<b>so</b>), <b>we</b> say"),
        ("Привіт, *друже*!", "Привіт, <b>друже</b>!"),
    ],
)
def test_marks_in_pairs_are_shown_and_others_left(text: str, html: str):
    assert to_html(text) == html


@pytest.mark.parametrize("text", ["<script>", "*<b>*", "```<i>```", "_\"'&_"])
def test_nothing_of_a_text_becomes_html_of_its_own(text: str):
    html = to_html(text)
    assert "<script" not in html
    assert "&lt;" in html or "&quot;" in html


def test_a_long_text_of_marks_is_shown_at_once():
    assert len(to_html("*_~" * 300 + "a" + "~_*" * 300)) > 1000
