"""Rows judged: who can be written, and why the others cannot."""

import datetime
import io
from typing import Any

import pytest

from tests.importing.conftest import Stager
from tests.spreadsheets import files
from viber_messaging.importing import Kind, Person, Refusal, Staged, stage
from viber_messaging.importing.problems import REASONS, SENTENCES
from viber_messaging.spreadsheets import Role

PHONE = "+380971234567"


def only(staged: Staged) -> Any:
    (record,) = staged.records()
    return record


def test_a_row_becomes_a_person_and_the_other_columns_attributes(staged: Stager) -> None:
    day = datetime.datetime(2026, 11, 23)
    record = only(staged(["Ім'я", "Телефон", "Знижка", "День", "Порожнє"], [" Олена ", 971234567, 30.0, day, None]))
    attributes = {"Знижка": "30", "День": "23.11.2026"}
    assert record == Person(number=2, phone=PHONE, name="Олена", attributes=attributes)


@pytest.mark.parametrize(
    "value", ["0971234567", 971234567, 380971234567.0, "80971234567", "'+380971234567", "=+380971234567"]
)
def test_a_phone_is_read_as_excel_leaves_it(staged: Stager, value: object) -> None:
    if isinstance(value, str):
        assert only(stage(files.read(files.text(f"phone\n{value}\n")), io.BytesIO())).phone == PHONE
    else:
        assert only(staged(["phone"], [value])).phone == PHONE


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("3.80971E+11", "Excel shortened this number"),
        ("0971234567, 0501234567", "more than one phone"),
        ("0971234567 ext. 5", "extension"),
        ("096O123456", "letters"),
        ("0441234567", "landline"),
        (True, "not a phone"),
        (datetime.datetime(2026, 1, 1), "date"),
        (1.5, "fraction"),
    ],
)
def test_a_wrong_phone_is_told_with_its_cell_and_why(staged: Stager, value: object, words: str) -> None:
    record = only(staged(["name", "phone"], ["Олена", value]))
    assert (record.kind, record.number, record.cell) == (Kind.WRONG, 2, "B2")
    assert words in record.sentence
    assert record.values[0] == "Олена"


def test_an_error_of_excel_is_told_with_its_cell_in_whatever_column() -> None:
    rows = (
        "<row r='1'><c r='A1' t='s'><v>0</v></c><c r='B1' t='str'><v>city</v></c></row>"
        "<row r='2'><c r='A2' t='e'><v>#N/A</v></c></row>"
        "<row r='3'><c r='A3'><v>971234567</v></c><c r='B3' t='e'><v>#REF!</v></c></row>"
        "<row r='4'><c r='A4'><f>1</f></c></row>"
    )
    records = list(stage(files.read(files.raw_workbook(files.sheet_of(rows))), io.BytesIO()).records())
    assert [(record.cell, record.value, record.reason) for record in records] == [
        ("A2", "#N/A", "error"),
        ("B3", "#REF!", "error"),
        ("A4", "=", "formula"),
    ]


@pytest.mark.parametrize("value", [None, "", "  ", "-", "немає"])
def test_a_row_without_a_phone_is_blank_and_not_wrong(staged: Stager, value: object) -> None:
    assert only(staged(["name", "phone"], ["Олена", value])).kind == Kind.EMPTY


def test_a_phone_that_comes_again_tells_the_row_that_it_repeats(staged: Stager) -> None:
    rows = [["0971234567", "a"], ["0501234567", "b"], ["+38 (097) 123-45-67", "c"], [971234567, "d"]]
    repeats = [record for record in staged(["phone", "name"], *rows).records() if isinstance(record, Refusal)]
    assert [(record.number, record.kind, record.first_row) for record in repeats] == [
        (4, Kind.REPEATED, 2),
        (5, Kind.REPEATED, 2),
    ]
    assert "repeats row 2" in repeats[0].sentence


def test_a_wrong_row_is_not_the_first_of_its_repeats(staged: Stager) -> None:
    records = list(staged(["phone", "name"], [PHONE, "x" * 201], [PHONE, "Олена"]).records())
    assert [type(record) for record in records] == [Refusal, Person]


@pytest.mark.parametrize(("name", "city", "cell"), [("x" * 201, "Київ", "B2"), ("Олена", "x" * 1001, "C2")])
def test_what_is_too_long_to_store_is_told(staged: Stager, name: str, city: str, cell: str) -> None:
    record = only(staged(["phone", "name", "city"], [PHONE, name, city]))
    assert (record.kind, record.cell) == (Kind.WRONG, cell)
    assert cell in record.sentence


def test_what_is_dangerous_elsewhere_is_stored_as_it_is(staged: Stager) -> None:
    record = only(staged(["phone", "name", "a"], [PHONE, "<script>alert(1)</script>", "@SUM(A1)\u202e"]))
    assert (record.name, record.attributes) == ("<script>alert(1)</script>", {"a": "@SUM(A1)\u202e"})


def test_what_no_message_could_carry_is_left_out() -> None:
    table = files.read(files.text("phone;name\n0971234567;Оле\x00_x000B_на\n"))
    assert only(stage(table, io.BytesIO())).name == "Оле на"


def test_a_row_that_does_not_fit_its_headings_is_wrong() -> None:
    staged = stage(files.read(files.text("name;phone\nОлена;0971234567;x\nІван\n")), io.BytesIO())
    assert [(record.kind, record.reason) for record in staged.records()] == [
        (Kind.WRONG, "too_many_cells"),
        (Kind.EMPTY, "empty"),
    ]


def test_without_a_phone_column_nothing_is_judged(staged: Stager) -> None:
    with pytest.raises(ValueError, match="First choose the column"):
        staged(["who", "where"], ["Олена", PHONE])
    assert only(staged(["who", "where"], ["Олена", PHONE], chosen={1: Role.PHONE})).attributes == {"who": "Олена"}


def test_in_a_file_without_headings_letters_name_the_attributes() -> None:
    table = files.read(files.text("0971234567;Олена;Київ\n"), chosen={0: Role.PHONE, 1: Role.NAME})
    assert only(stage(table, io.BytesIO())) == Person(number=1, phone=PHONE, name="Олена", attributes={"C": "Київ"})


def test_every_reason_has_a_code_and_a_sentence_of_its_own() -> None:
    assert len(REASONS) == len(SENTENCES)
    for reason in SENTENCES:
        assert Refusal(
            number=1, kind=Kind.WRONG, reason=reason, cell="A1", value="", values=(), first_row=1, detail="x."
        ).sentence.endswith(".")


def test_what_was_staged_is_read_again_from_the_file(staged: Stager) -> None:
    first = staged(["phone", "name"], [PHONE, "Олена"], ["911", None])
    again = Staged(first.file)
    assert list(again.records()) == list(first.records())
    assert (again.headings, again.attributes) == (("phone", "name"), ())
