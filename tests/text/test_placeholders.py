"""Texts with placeholders: filled by looking words up, and by nothing else."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viber_messaging.text.placeholders import (
    MESSAGES,
    PlaceholderError,
    PlaceholderProblem,
    Rendered,
    offered,
    parse,
    render,
    values_of,
)


@pytest.mark.parametrize(
    ("text", "values", "filled"),
    [
        ("Привіт, {name}!", {"name": "Оля"}, "Привіт, Оля!"),
        ("{ name }", {"name": "Оля"}, "Оля"),
        ("{NAME}", {"name": "Оля"}, "Оля"),
        ("{Дата  народження}", {"дата народження": "1 травня"}, "1 травня"),
        ("{ім’я}", {"name": "Оля"}, "Оля"),
        ("{ім'я}", {"Ім’я": "Оля"}, "Оля"),
        ("{name}", {"Ім'я": "Оля"}, "Оля"),
        ("{дата нар.}", {"дата нар.": "1 травня"}, "1 травня"),
        ("{name|друже}", {"name": "Оля"}, "Оля"),
        ("{name|друже}", {}, "друже"),
        ("{name|друже}", {"name": "  "}, "друже"),
        ("a{name|}b", {}, "ab"),
        ("{name| or | other }", {}, " or | other "),
        ("{{name}} {{}} }}{{", {"name": "Оля"}, "{name} {} }{"),
        ("{{{name}}}", {"name": "Оля"}, "{Оля}"),
        ("{sum}", {"sum": 250}, "250"),
        ("{sum}", {"sum": 250.0}, "250"),
        ("{sum}", {"sum": 2.5}, "2.5"),
        ("no placeholders", {}, "no placeholders"),
    ],
)
def test_a_placeholder_is_filled(text, values, filled):
    assert render(text, values) == Rendered(filled)


@pytest.mark.parametrize("value", [None, "", " \t", True, False, [], ["x"], {"x": 1}])
def test_what_is_no_text_fills_no_gap(value):
    assert render("{city}", {"city": value}).missing == ("city",)


def test_each_placeholder_that_stays_empty_is_named():
    assert render("{a} {b|x} {c}", {}).missing == ("a", "c")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{", PlaceholderProblem.BRACE),
        ("}", PlaceholderProblem.BRACE),
        ("{name", PlaceholderProblem.BRACE),
        ("name}", PlaceholderProblem.BRACE),
        ("{name|{other}}", PlaceholderProblem.BRACE),
        ("{}", PlaceholderProblem.EMPTY),
        ("{ }", PlaceholderProblem.EMPTY),
        ("{|friend}", PlaceholderProblem.EMPTY),
        ("{0.__class__}", PlaceholderProblem.NAME),
        ("{name.upper}", PlaceholderProblem.NAME),
        ("{name[0]}", PlaceholderProblem.NAME),
        ("{name!r}", PlaceholderProblem.NAME),
        ("{name:>1000000000}", PlaceholderProblem.NAME),
        ("{name()}", PlaceholderProblem.NAME),
        ("{na\nme}", PlaceholderProblem.NAME),
    ],
)
def test_what_cannot_be_filled_is_told(text, problem):
    with pytest.raises(PlaceholderError) as raised:
        parse(text)
    assert raised.value.code == problem
    assert "%" not in str(raised.value)


def test_every_problem_has_its_sentence():
    assert set(MESSAGES) == set(PlaceholderProblem)


def test_placeholders_are_found_in_their_order():
    assert [placeholder.name for placeholder in parse("{b} {a|x} {b} {{c}}").placeholders] == ["b", "a", "b"]


@given(st.text())
def test_what_a_value_holds_is_never_read_as_a_gap(value):
    shown = value.strip()
    assert render("{a|-}", {"a": value}).text == (shown or "-")


@given(st.text())
def test_any_text_is_filled_or_refused(text):
    with suppress(PlaceholderError):
        parse(text).render({})


@given(st.text())
def test_a_text_with_its_braces_doubled_stays_what_it_is(text):
    assert render(text.replace("{", "{{").replace("}", "}}"), {}) == Rendered(text)


def test_a_name_of_ones_own_wins_over_a_column_of_that_name():
    assert values_of("Оля", {"name": "Петро"})["name"] == "Оля"


def test_the_fixed_part_is_measured_without_the_gaps():
    assert parse("ab{name|default}c{{").fixed_length == 4


def test_columns_are_offered_once_and_only_if_they_can_be_filled():
    columns = ["Місто", " місто ", "Ім’я", "NAME", "дата нар.", "{x}", "0.__class__", ""]
    assert offered(columns) == ["{name}", "{Місто}", "{дата нар.}"]
    values = values_of("Оля", dict.fromkeys(columns, "value"))
    assert not any(render(placeholder, values).missing for placeholder in offered(columns))
