"""Workbooks with the quirks of the programs that wrote them, and of those who filled them in."""

import io
from typing import Any

import pytest

from tests.spreadsheets import files
from viber_messaging.spreadsheets import BadCell, FileProblem, SpreadsheetError

SHEETJS = (
    "<Types><Default Extension='bin' ContentType='application/vnd.ms-excel.sheet.binary.macroEnabled.main'/>"
    "<Default Extension='xml' ContentType='application/xml'/><Override PartName='/xl/workbook.xml' ContentType="
    "'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml'/></Types>"
)
PERSON = files.sheet_of(
    "<row r='1'><c r='A1' t='s'><v>0</v></c><c r='B1' t='inlineStr'><is><t>name</t></is></c></row>"
    "<row r='2'><c r='A2'><v>380971234567</v></c><c r='B2' t='inlineStr'><v>Олена</v><is><t>Олена</t></is></c></row>"
)
READ = [[380971234567, "Олена"]]


def renamed(**names: str) -> io.BytesIO:
    """Return a workbook of a person whose parts have other names in the archive."""
    parts = {**files.PARTS, "xl/worksheets/sheet1.xml": PERSON}
    spelled = {name.replace("__", "/"): other for name, other in names.items()}
    return files.archive({spelled.get(name, name): content for name, content in parts.items()})


AS_PROGRAMS_WRITE = {
    "a default type of SheetJS": lambda: files.raw_workbook(PERSON, **{"[Content_Types].xml": SHEETJS}),
    "a part in another case": lambda: renamed(**{"xl__sharedStrings.xml": "xl/SharedStrings.xml"}),
    "a sheet in another case": lambda: renamed(**{"xl__worksheets__sheet1.xml": "xl/worksheets/Sheet1.xml"}),
    "backslashes": lambda: files.archive(
        {name.replace("/", "\\"): text for name, text in {**files.PARTS, "xl/worksheets/sheet1.xml": PERSON}.items()}
    ),
    "types in another case": lambda: renamed(**{"[Content_Types].xml": "[content_types].XML"}),
    "no types": lambda: renamed(**{"[Content_Types].xml": "else.xml"}),
    "parts elsewhere": lambda: files.archive(
        {
            "_rels/.rels": files.PARTS["_rels/.rels"].replace("xl/workbook.xml", "/book/main.xml"),
            "book/main.xml": files.PARTS["xl/workbook.xml"],
            "book/_rels/main.xml.rels": files.PARTS["xl/_rels/workbook.xml.rels"],
            "book/sharedStrings.xml": files.PARTS["xl/sharedStrings.xml"],
            "book/worksheets/sheet1.xml": PERSON,
        }
    ),
    "targets with backslashes": lambda: files.raw_workbook(
        PERSON,
        **{"xl___rels__workbook.xml.rels": files.PARTS["xl/_rels/workbook.xml.rels"].replace("ts/sheet", "ts\\sheet")},
    ),
    "small letters in addresses": lambda: files.raw_workbook(PERSON.replace("r='A", "r='a").replace("r='B", "r='b")),
    "a row without a number": lambda: files.raw_workbook(PERSON.replace("<row r='2'>", "<row r=''>")),
    "the inline text first": lambda: files.raw_workbook(
        PERSON.replace("<v>Олена</v><is><t>Олена</t></is>", "<is><t>Олена</t></is><v>Олена</v>")
    ),
}


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
    ],
)
def test_a_cell_that_cannot_be_read_makes_its_row_wrong_and_no_workbook(cell: str) -> None:
    row = f"<row r='3'><c r='A3'><v>971234567</v></c><c r='B3'{cell}</c></row></sheetData>"
    rows = files.values(files.read(files.raw_workbook(PERSON.replace("</sheetData>", row))))
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
