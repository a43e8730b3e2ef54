"""Workbooks as Excel writes them, read as Excel shows them and as openpyxl reads them."""

import datetime
import io
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.spreadsheets import excel, files
from tests.spreadsheets.excel import Cell, Habits, excel_workbook, number, rich, text
from viber_messaging.importing import Person, stage
from viber_messaging.spreadsheets import BadCell, RowProblem

PHONE = "+380971234567"

SHOWN = [
    (number("380971234567"), 380971234567),
    (number("3.80971234567E11"), 380971234567),
    (number("0.30000000000000004"), 0.30000000000000004),
    (number("-5"), -5),
    (text(" край "), " край "),
    (text("два\nрядки"), "два\nрядки"),
    (rich("Оле", "на ", "Коваль"), "Олена Коваль"),
    (Cell(kind="s", value="<t>Олена</t><phoneticPr/>", is_inline=True), "Олена"),
    (Cell(kind="s", value="<r><t>Оле</t></r><r><t>на</t></r>", is_inline=True), "Олена"),
    (Cell(kind="str", value="Олена", formula='B1&""'), "Олена"),
    (Cell(kind="str", value="", formula='""'), None),
    (Cell(kind="b", value="1"), True),
    (Cell(kind="b", value="0", formula="FALSE()"), False),
    (Cell(kind="e", value="#DIV/0!", formula="1/0"), BadCell(RowProblem.ERROR, "#DIV/0!")),
    (Cell(formula="B1"), BadCell(RowProblem.FORMULA, "=")),
    (Cell(style=excel.DAY), None),
    (number(46349, excel.DAY), datetime.datetime(2026, 11, 23)),
    (number(46349.395833333336, excel.UKRAINIAN_DAY), datetime.datetime(2026, 11, 23, 9, 30)),
    (number(0.39583333333333331, excel.CLOCK), datetime.time(9, 30)),
    (number(1.2534722222222223, excel.SPAN), datetime.timedelta(hours=30, minutes=5)),
    (number(0.1, excel.PERCENT), "10%"),
    (number("380971234567", excel.TEXT), 380971234567),
    (Cell(kind="d", value="2026-11-23"), datetime.date(2026, 11, 23)),
    (Cell(kind="d", value="2026-11-23T09:30:00"), datetime.datetime(2026, 11, 23, 9, 30)),
    (Cell(kind="d", value="2026-11-23T09:30:00.000Z"), datetime.datetime(2026, 11, 23, 9, 30)),
    (Cell(kind="d", value="09:30:00"), datetime.time(9, 30)),
    (Cell(kind="d", value="PT30H5M"), datetime.timedelta(hours=30, minutes=5)),
    (Cell(kind="d", value="2026-02-30"), BadCell(RowProblem.ERROR, "#VALUE!")),
    (Cell(kind="d", value="yesterday"), BadCell(RowProblem.ERROR, "#VALUE!")),
]

HABITS = [
    Habits(),
    Habits(is_strict=True),
    Habits(has_absolute_targets=True),
    Habits(has_addresses=False),
    Habits(prefix="x"),
    Habits(encoding="UTF-16"),
    Habits(is_strict=True, has_absolute_targets=True, prefix="main"),
]


@pytest.mark.parametrize("habits", HABITS, ids=str)
def test_cells_mean_what_excel_shows_however_it_writes_them(habits: Habits) -> None:
    file = excel_workbook([["phone", "b"], *[[PHONE, cell] for cell, _shown in SHOWN]], habits)
    rows = files.values(files.read(file))
    assert [row[1] for row in rows] == [shown for _cell, shown in SHOWN]


@pytest.mark.parametrize("habits", [Habits(counts_from_1904=True), Habits(counts_from_1904=True, is_strict=True)])
def test_excel_on_a_mac_counts_from_1904(habits: Habits) -> None:
    file = excel_workbook(
        [["phone", "day", "span"], [PHONE, number(44887, excel.DAY), number(1.5, excel.SPAN)]], habits
    )
    assert files.values(files.read(file)) == [
        [PHONE, datetime.datetime(2026, 11, 23), datetime.timedelta(hours=36)],
    ]


@pytest.mark.parametrize(
    "cell", [number("3.80971234567E11"), number("971234567"), number("80971234567"), text("097 123-45-67", excel.TEXT)]
)
def test_a_phone_is_one_however_excel_keeps_it(cell: Cell) -> None:
    (record,) = stage(files.read(excel_workbook([["Телефон"], [cell]])), io.BytesIO()).records()
    assert isinstance(record, Person)
    assert record.phone == PHONE


def as_openpyxl(file: io.BytesIO) -> dict[int, list[Any]]:
    """Return the rows that hold anything, by number, without the blank cells at their end."""
    sheet: Any = openpyxl.load_workbook(file, data_only=True).active
    rows = {row[0].row: [shown_by_openpyxl(cell) for cell in row] for row in sheet.iter_rows()}
    return {place: trimmed(row) for place, row in rows.items() if trimmed(row)}


def shown_by_openpyxl(cell: Any) -> object:
    """Return a value of openpyxl's as we tell it: an error apart from a text, a percentage as Excel shows it."""
    if cell.data_type == "e":
        return BadCell(RowProblem.ERROR, cell.value)
    if cell.number_format.endswith("%") and isinstance(cell.value, int | float) and cell.data_type == "n":
        return f"{cell.value * 100:.12g}%"
    return cell.value


def trimmed(row: list[Any]) -> list[Any]:
    row = [None if cell == "" else cell for cell in row]
    while row and row[-1] is None:
        row = row[:-1]
    return row


WORDS = st.text(alphabet="Олена ҐєЇ'’😀<&>\"=\n\t1+", max_size=8)
NUMBERS = st.one_of(
    st.integers(min_value=-(10**12), max_value=10**12).map(str),
    st.floats(allow_nan=False, allow_infinity=False, width=32).map(repr),
    st.integers(min_value=10**8, max_value=10**12).map(lambda value: f"{value / 10**11!r}E11"),
)
SERIALS = st.floats(min_value=0, max_value=80_000, allow_subnormal=False).map(lambda value: repr(round(value, 6)))
CELLS = st.one_of(
    st.none(),
    WORDS.map(text),
    st.lists(WORDS, min_size=1, max_size=3).map(lambda runs: rich(*runs)),
    WORDS.map(lambda word: Cell(kind="s", value=text(word).value, is_inline=True)),
    WORDS.map(lambda word: Cell(kind="str", value=word, formula="A1")),
    NUMBERS.map(number),
    NUMBERS.map(lambda value: number(value, formula="A1+1")),
    NUMBERS.map(lambda value: number(value, excel.PERCENT)),
    st.builds(number, SERIALS, st.sampled_from([excel.DAY, excel.CLOCK, excel.SPAN, excel.UKRAINIAN_DAY])),
    st.sampled_from(["0", "1"]).map(lambda value: Cell(kind="b", value=value)),
    st.sampled_from(["#N/A", "#REF!", "#DIV/0!"]).map(lambda value: Cell(kind="e", value=value)),
    st.dates().map(lambda day: Cell(kind="d", value=day.isoformat())),
    st.datetimes().map(lambda day: Cell(kind="d", value=day.replace(microsecond=0).isoformat())),
    st.sampled_from(range(7)).map(lambda style: Cell(style=style)),
)


@given(
    st.lists(st.lists(CELLS, min_size=1, max_size=6), min_size=1, max_size=6),
    st.builds(
        Habits,
        counts_from_1904=st.booleans(),
        has_absolute_targets=st.booleans(),
        has_addresses=st.booleans(),
        prefix=st.sampled_from(["", "x"]),
        encoding=st.sampled_from(["UTF-8", "UTF-16"]),
    ),
)
@settings(deadline=None, max_examples=80)
def test_every_workbook_is_read_as_openpyxl_reads_it(rows: list[list[Cell | None]], habits: Habits) -> None:
    file = excel_workbook([["phone", *"bcdef"], [PHONE], *rows], habits)
    table = files.read(file, limits=None)
    ours = {row.number: trimmed(list(row.values)) for row in table.rows()}
    theirs = {place: row[:6] for place, row in as_openpyxl(file).items() if place > 1}
    assert {place: row for place, row in ours.items() if not is_blank(row)} == {
        place: row for place, row in theirs.items() if not is_blank(row)
    }


def is_blank(row: list[Any]) -> bool:
    return not any(isinstance(cell, BadCell) or (cell is not None and str(cell).strip()) for cell in row)
