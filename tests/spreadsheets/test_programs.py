"""Workbooks with the quirks of the programs that wrote them, and of those who filled them in."""

from typing import Any

import pytest

from tests.spreadsheets import files
from tests.spreadsheets.programs import AS_PROGRAMS_WRITE, PERSON, READ
from viber_messaging.spreadsheets import BadCell, FileProblem, SpreadsheetError


@pytest.mark.parametrize("make", AS_PROGRAMS_WRITE.values(), ids=AS_PROGRAMS_WRITE)
def test_a_workbook_is_read_as_programs_write_it(make: Any) -> None:
    assert files.values(files.read(make())) == READ


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/_rels/workbook.xml.rels"])
def test_a_missing_part_is_damage_and_never_an_empty_sheet(part: str) -> None:
    parts = {**files.PARTS, "xl/worksheets/sheet1.xml": PERSON}
    del parts[part]
    with pytest.raises(SpreadsheetError) as raised:
        files.read(files.archive(parts))
    assert raised.value.code == FileProblem.DAMAGED


@pytest.mark.parametrize(
    "cell",
    [
        "><v>abc</v>",
        "><v>1_0</v>",
        "><v>nan</v>",
        "><v>1e999</v>",
        " t='s'><v>9</v>",
        " t='s'><v>-1</v>",
        " t='s'><v>x</v>",
        f" s='1'><v>{'9' * 400}</v>",
        f" t='d'><v>PT{'9' * 30}H</v>",
    ],
)
def test_a_cell_that_cannot_be_read_makes_its_row_wrong_and_no_workbook(cell: str) -> None:
    percentages = files.styled("<cellXfs><xf numFmtId='0'/><xf numFmtId='9'/></cellXfs>")
    row = f"<row r='3'><c r='A3'><v>971234567</v></c><c r='B3'{cell}</c></row></sheetData>"
    rows = files.values(files.read(files.raw_workbook(PERSON.replace("</sheetData>", row), **percentages)))
    assert rows[0] == READ[0]
    assert isinstance(rows[1][1], BadCell)


@pytest.mark.parametrize("key", ["", "r9"])
def test_a_sheet_that_is_missing_leaves_the_others(key: str) -> None:
    sheets = f"<sheet name='Нема' sheetId='2' r:id='{key}'/><sheet name='Аркуш1'"
    book = files.PARTS["xl/workbook.xml"].replace("<sheet name='Аркуш1'", sheets)
    table = files.read(files.raw_workbook(PERSON, **{"xl__workbook.xml": book}))
    assert (table.sheet, files.values(table)) == ("Аркуш1", READ)


def test_hidden_rows_are_counted_and_left_out_where_a_person_says_so() -> None:
    row = "<row r='3' hidden='1'><c r='A3'><v>501234567</v></c></row><row r='4' hidden='true'/></sheetData>"
    file = files.raw_workbook(PERSON.replace("</sheetData>", row))
    table = files.read(file)
    assert (len(files.values(table)), table.hidden_rows) == (2, {3})
    table = files.read(file, leaves_hidden_out=True)
    assert (files.values(table), table.hidden_rows) == (READ, {3})
