"""Workbooks: of Excel, of LibreOffice, and of those who wish harm."""

import datetime
import io
import random
import zipfile
from typing import Any

import openpyxl
import pytest

from tests.moments import Moments
from tests.spreadsheets import files
from tests.spreadsheets.files import raw_workbook, sheet_of
from viber_messaging.spreadsheets import BadCell, FileProblem, RowProblem, SpreadsheetError
from viber_messaging.spreadsheets.limits import Limits

PHONE = "+380971234567"
HEAD = "<row r='1'><c r='A1' t='s'><v>0</v></c><c r='B1' t='str'><v>name</v></c></row>"


def problem_of(file: io.BytesIO, **options: Any) -> FileProblem:
    with pytest.raises(SpreadsheetError) as raised:
        list(files.read(file, **options).rows())
    assert str(raised.value)
    return raised.value.code


def test_cells_mean_what_excel_shows() -> None:
    day = datetime.datetime(2026, 11, 23)
    row = [380971234567, 380971234567.0, 0.5, True, day, datetime.time(9, 30), "Їжак", "  ", None]
    table = files.read(files.workbook([["phone", *"bcdefghi"], row]))
    assert files.values(table) == [
        [380971234567, 380971234567, 0.5, True, day, datetime.time(9, 30), "Їжак", "  ", None]
    ]


def test_every_cell_is_read_as_openpyxl_reads_it() -> None:
    draw = random.Random(4)
    kinds = [
        lambda: draw.choice(["Олена", "a & b <c>", '"', "рядок\nдругий", "'+380", "00123", "😀", " край "]),
        lambda: draw.randrange(10**12),
        lambda: draw.random() * 1000,
        lambda: draw.random() < 0.5,
        lambda: datetime.datetime(2026, draw.randrange(1, 13), draw.randrange(1, 29), draw.randrange(24)),
        lambda: None,
    ]
    rows = [["phone", *"bcdefg"], *([draw.choice(kinds)() for _ in range(7)] for _ in range(300))]
    file = files.workbook(rows)
    expected = [
        list(row) for row in openpyxl.load_workbook(file).active.iter_rows(min_row=2, values_only=True) if any(row)
    ]
    assert [row for row in files.values(files.read(file)) if any(row)] == expected


def test_rows_bear_the_numbers_that_excel_shows() -> None:
    table = files.read(files.workbook([["phone"], [], [PHONE], [None], [], [PHONE]]))
    assert [row.number for row in table.rows()] == [3, 6]


def test_an_error_of_excel_is_a_bad_cell() -> None:
    rows = HEAD + "<row r='2'><c r='A2' t='e'><v>#N/A</v></c><c r='B2' t='str'><v>Олена</v></c></row>"
    assert files.values(files.read(raw_workbook(sheet_of(rows)))) == [[BadCell(RowProblem.ERROR, "#N/A"), "Олена"]]


def test_a_formula_gives_what_it_came_to_last() -> None:
    rows = HEAD + (
        "<row r='2'><c r='A2'><f>1+1</f><v>380971234567</v></c><c r='B2' t='str'><f>A2</f><v>Олена</v></c></row>"
        "<row r='3'><c r='A3'><f>1+1</f></c><c r='B3' t='str'><f>\"\"</f><v></v></c></row>"
    )
    assert files.values(files.read(raw_workbook(sheet_of(rows)))) == [
        [380971234567, "Олена"],
        [BadCell(RowProblem.FORMULA, "="), None],
    ]


def test_cells_and_rows_without_addresses_come_in_order() -> None:
    rows = "<row><c t='s'><v>0</v></c><c t='str'><v>name</v></c></row><row><c><v>1</v></c><c t='str'><v>b</v></c></row>"
    table = files.read(raw_workbook(sheet_of(rows)))
    assert [(row.number, list(row.values)) for row in table.rows()] == [(2, [1, "b"])]


@pytest.mark.parametrize("number", ["2", "5", "0", "1048577", "9" * 5000, "x", "\u0665\u0665"])
def test_a_row_whose_number_cannot_be_is_not_lost(number: str) -> None:
    rows = (
        "<row r='5'><c t='s'><v>0</v></c></row>"
        f"<row r='{number}'><c><v>971234567</v></c></row><row r='99'><c r=''><v>501234567</v></c></row>"
    )
    table = files.read(raw_workbook(sheet_of(rows)))
    numbers = [55, 99] if number == "\u0665\u0665" else [6, 99]
    assert [(row.number, list(row.values)) for row in table.rows()] == [
        (numbers[0], [971234567]),
        (numbers[1], [501234567]),
    ]


def test_shared_texts_come_without_formatting_and_readings() -> None:
    strings = "<sst><si><t>phone</t></si><si><r><t>Оле</t></r><r><t>на</t></r><rPh><t>x</t></rPh></si></sst>"
    rows = HEAD + "<row r='2'><c r='A2' t='s'><v>1</v></c></row>"
    table = files.read(raw_workbook(sheet_of(rows), **{"xl__sharedStrings.xml": strings}))
    assert files.values(table) == [["Олена", None]]


def test_elements_may_have_a_prefix() -> None:
    rows = (
        "<x:row r='1'><x:c r='A1' t='inlineStr'><x:is><x:t>phone</x:t></x:is></x:c></x:row>"
        "<x:row r='2'><x:c r='A2'><x:v>7</x:v></x:c></x:row>"
    )
    sheet = f"<x:worksheet xmlns:x='x'><x:sheetData>{rows}</x:sheetData></x:worksheet>"
    assert files.values(files.read(raw_workbook(sheet))) == [[7]]


def test_dates_may_be_counted_from_1904() -> None:
    book = openpyxl.Workbook()
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    book.active.append(["phone", "day"])
    book.active.append([PHONE, datetime.datetime(2026, 11, 23)])
    file = io.BytesIO()
    book.save(file)
    assert files.values(files.read(file)) == [[PHONE, datetime.datetime(2026, 11, 23)]]


def test_a_percentage_is_what_excel_shows() -> None:
    book = openpyxl.Workbook()
    book.active.append(["phone", "discount", "share"])
    book.active.append([PHONE, 0.2, 0.125])
    book.active["B2"].number_format = "0%"
    book.active["C2"].number_format = "0.0%"
    file = io.BytesIO()
    book.save(file)
    assert files.values(files.read(file)) == [[PHONE, "20%", "12.5%"]]


def test_a_date_that_is_none_is_a_bad_cell() -> None:
    styles = "<styleSheet><cellXfs><xf numFmtId='0'/><xf numFmtId='14'/></cellXfs></styleSheet>"
    relations = files.PARTS["xl/_rels/workbook.xml.rels"].replace(
        "</Rel", "<Relationship Id='r3' Type='x/styles' Target='/xl/styles.xml'/></Rel"
    )
    rows = HEAD + "<row r='2'><c r='A2' s='1'><v>1e300</v></c></row>"
    parts = {"xl__styles.xml": styles, "xl___rels__workbook.xml.rels": relations}
    assert files.values(files.read(raw_workbook(sheet_of(rows), **parts)))[0][0] == BadCell(RowProblem.ERROR, "#VALUE!")


def test_the_first_visible_sheet_with_headings_is_read_and_told() -> None:
    people = [["phone"], [PHONE]]
    file = files.workbook(
        [["phone"], ["a"]], [["Звіт"], ["b"]], people, [["phone"], ["d"]], titles=["Схов", "Звіт", "Люди", "Ще"],
        hidden=[0], active=1,
    )  # fmt: skip
    table = files.read(file)
    assert table.sheet == "Люди"
    assert files.values(table) == [[PHONE]]


def test_one_cell_in_the_last_row_and_a_lying_size_hang_nothing() -> None:
    far = (
        "<row r='2'><c r='A2'><v>5</v></c><c r='XFD2'><v>6</v></c></row>"
        "<row r='1048576'><c r='A1048576'><v>1</v></c></row>"
    )
    table = files.read(raw_workbook(sheet_of(HEAD + far, before="<dimension ref='A1:XFD1048576'/>")))
    assert files.values(table) == [[5, None]]


def test_a_million_blank_rows_are_not_read_to_their_end() -> None:
    blank = "".join(f"<row r='{number}'><c r='A{number}' s='0'/></row>" for number in range(3, 200_000))
    rows = HEAD + "<row r='2'><c r='A2'><v>5</v></c></row>" + blank + "<broken"
    assert files.values(files.read(raw_workbook(f"<worksheet><sheetData>{rows}"))) == [[5, None]]


def test_nothing_is_read_below_the_cells() -> None:
    sheet = f"<worksheet><sheetData>{HEAD}<row r='2'><c r='A2'><v>5</v></c></row></sheetData>{'<x/>' * 100_000}<broken"
    assert files.values(files.read(raw_workbook(sheet))) == [[5, None]]


SMALL = Limits(max_rows=100, max_bytes=200_000)
BOMB = b"<worksheet><sheetData>" + b"<row/>" * 500_000


def test_a_bomb_is_refused_by_its_table_of_contents() -> None:
    assert problem_of(raw_workbook(BOMB), limits=SMALL) == FileProblem.UNPACKED


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_an_archive_packed_as_no_workbook_is_packed_is_refused(method: int) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, part in {**files.PARTS, "xl/worksheets/sheet1.xml": sheet_of(HEAD)}.items():
            archive.writestr(name, part)
    assert problem_of(file) == FileProblem.DAMAGED


def test_ten_thousand_parts_are_refused() -> None:
    file = raw_workbook(sheet_of(HEAD), **{f"xl__{number}": b"" for number in range(10_000)})
    assert problem_of(file) == FileProblem.UNPACKED


def test_a_size_that_lies_unpacks_no_more_than_it_says() -> None:
    file = raw_workbook(BOMB)
    lying = io.BytesIO(file.getvalue().replace(len(BOMB).to_bytes(4, "little"), (300).to_bytes(4, "little")))
    assert problem_of(lying, limits=SMALL) == FileProblem.DAMAGED


def test_a_row_or_a_cell_without_end_is_refused() -> None:
    assert problem_of(raw_workbook(f"<worksheet><sheetData><row>{'<c/>' * 20_000}")) == FileProblem.DAMAGED
    endless = HEAD + f"<row r='2'><c r='A2' t='str'><v>{'x' * 200_000}</v></c></row>"
    assert problem_of(raw_workbook(sheet_of(endless))) == FileProblem.DAMAGED


def test_more_shared_texts_than_memory_should_hold_are_refused(moments: Moments) -> None:
    moments.set("strings of a workbook", 10)
    strings = "<sst>" + "<si><t>phone</t></si>" * 11 + "</sst>"
    assert problem_of(raw_workbook(sheet_of(HEAD), **{"xl__sharedStrings.xml": strings})) == FileProblem.UNPACKED


ENTITIES = [
    "<!DOCTYPE a [<!ENTITY x 'lol'><!ENTITY y '&x;&x;&x;&x;&x;&x;&x;&x;'>]>",
    "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>",
    "<!DOCTYPE a SYSTEM 'http://127.0.0.1:9/a.dtd'>",
    "<!DOCTYPE a>",
]


@pytest.mark.parametrize("declaration", ENTITIES)
@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/workbook.xml", "_rels/.rels"])
def test_a_document_that_declares_entities_is_refused(part: str, declaration: str) -> None:
    parts = {**files.PARTS, "xl/worksheets/sheet1.xml": sheet_of(HEAD)}
    assert problem_of(files.archive({**parts, part: declaration + parts[part]})) == FileProblem.DAMAGED


def test_what_openpyxl_still_parses_is_defused() -> None:
    assert openpyxl.DEFUSEDXML is True


@pytest.mark.parametrize("missing", files.PARTS)
def test_a_workbook_that_lacks_a_part_ends_in_a_sentence(missing: str) -> None:
    parts = {**files.PARTS, "xl/worksheets/sheet1.xml": sheet_of(HEAD)}
    problem_of(files.archive({name: content for name, content in parts.items() if name != missing}))


def test_whatever_byte_is_broken_the_workbook_is_read_or_refused() -> None:
    whole = files.workbook([["phone", "name"], *[[PHONE, f"Олена {number}"] for number in range(20)]]).getvalue()
    draw = random.Random(7)
    for _ in range(300):
        broken = bytearray(whole)
        broken[draw.randrange(len(whole))] = draw.randrange(256)
        try:
            list(files.read(io.BytesIO(bytes(broken[: draw.choice([len(whole), draw.randrange(len(whole))])]))).rows())
        except SpreadsheetError:
            continue
