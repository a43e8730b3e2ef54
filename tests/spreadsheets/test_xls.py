"""Workbooks of an old Excel: read where xlrd is installed, else told how to save them."""

import contextlib
import datetime
import io
import random
import struct
import sys

import pytest

from tests.spreadsheets import files
from viber_messaging.spreadsheets import FileProblem, SpreadsheetError
from viber_messaging.spreadsheets.xls import do_chains_meet

PHONE = "+380971234567"


def old_workbook(*rows: list[object], hidden: bool = False) -> io.BytesIO:
    xlwt = pytest.importorskip("xlwt")
    book = xlwt.Workbook()
    if hidden:
        book.add_sheet("Схов").write(0, 0, "phone")
    sheet = book.add_sheet("Люди")
    day = xlwt.easyxf(num_format_str="DD.MM.YYYY")
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            sheet.write(number, column, value, *([day] if isinstance(value, datetime.date) else []))
    if hidden:
        book.get_sheet(0).visibility = 1
        book.active_sheet = 1
    file = io.BytesIO()
    book.save(file)
    return file


def test_an_old_workbook_is_read() -> None:
    pytest.importorskip("xlrd")
    day = datetime.datetime(2026, 11, 23)
    rows: list[list[object]] = [["phone", "name", "day"], [380971234567, "Олена", day], [], [True, 1.5, None]]
    table = files.read(old_workbook(*rows, hidden=True), "a.xls")
    assert table.sheet == "Люди"
    assert [(row.number, list(row.values)) for row in table.rows()] == [
        (2, [380971234567.0, "Олена", day]),
        (4, [True, 1.5, None]),
    ]


def test_without_the_extra_an_old_workbook_ends_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "xlrd", None)
    content = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600 + "Workbook".encode("utf-16-le")
    with pytest.raises(SpreadsheetError, match=r"save it as \.xlsx") as raised:
        files.read(io.BytesIO(content), "a.xls")
    assert raised.value.code == FileProblem.OLD_EXCEL


@pytest.mark.parametrize("place", [600, 1500, 3000])
def test_a_damaged_old_workbook_ends_in_a_sentence(place: int) -> None:
    pytest.importorskip("xlrd")
    content = bytearray(old_workbook(["phone"], [PHONE]).getvalue())
    content[place : place + 400] = b"\xff" * 400
    with contextlib.suppress(SpreadsheetError):
        files.values(files.read(io.BytesIO(bytes(content)), "a.xls"))


def test_whatever_byte_is_broken_an_old_workbook_is_read_or_refused() -> None:
    pytest.importorskip("xlrd")
    day = datetime.datetime(2026, 11, 23)
    whole = old_workbook(["phone", "name", "day"], *[[380971234567, "Олена", day]] * 20).getvalue()
    draw = random.Random(7)
    for _ in range(60):
        broken = bytearray(whole)
        for place in draw.sample(range(512, 5000), 3):
            broken[place] = draw.randrange(256)
        with contextlib.suppress(SpreadsheetError):
            files.values(files.read(io.BytesIO(bytes(broken)), "a.xls"))


@pytest.mark.parametrize("style", [0x7FFF, 0xFFFF])
def test_a_number_in_a_style_that_does_not_exist_is_damage(style: int) -> None:
    pytest.importorskip("xlrd")
    content = old_workbook(["phone", "size"], [PHONE, 1 / 3]).getvalue()
    place = content.index(struct.pack("<HHHH", 0x0203, 14, 1, 1))
    broken = content[: place + 8] + struct.pack("<H", style) + content[place + 10 :]
    with pytest.raises(SpreadsheetError) as raised:
        files.values(files.read(io.BytesIO(broken), "a.xls"))
    assert raised.value.code == FileProblem.DAMAGED


@pytest.mark.parametrize(
    ("next_of", "starts", "do_meet"),
    [
        ([1, 2, -2, 4, -2], [0, 3], False),
        ([1, 2, 0], [0], True),
        ([0], [0], True),
        ([1, 2, -2, 1], [0, 3], True),
        ([9], [0, 9, -2], False),
        ([], [0], False),
    ],
)
def test_chains_of_sectors_that_meet_are_damage(next_of: list[int], starts: list[int], do_meet: bool) -> None:
    assert do_chains_meet(next_of, starts) == do_meet


def test_an_old_workbook_with_a_password_is_told_so() -> None:
    pytest.importorskip("xlrd")
    content = old_workbook(["phone"], [PHONE]).getvalue()
    place = content.index(struct.pack("<HH", 0x0042, 2))
    locked = content[:place] + struct.pack("<HH", 0x002F, 2) + content[place + 4 :]
    with pytest.raises(SpreadsheetError) as raised:
        files.read(io.BytesIO(locked), "a.xls")
    assert raised.value.code == FileProblem.PASSWORD


def test_hidden_rows_and_shown_digits_are_read() -> None:
    pytest.importorskip("xlrd")
    xlwt = pytest.importorskip("xlwt")
    book = xlwt.Workbook()
    sheet = book.add_sheet("Люди")
    for number, value in enumerate(["phone", PHONE, "0501234567"]):
        sheet.write(number, 0, value)
    sheet.write(0, 1, "card")
    sheet.write(1, 1, 12345, xlwt.easyxf(num_format_str="00000000"))
    sheet.row(2).hidden = True
    file = io.BytesIO()
    book.save(file)
    table = files.read(file, "a.xls", leaves_hidden_out=True)
    assert (files.values(table), table.hidden_rows) == ([[PHONE, "00012345"]], {3})
