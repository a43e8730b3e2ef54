"""Workbooks with the quirks of the programs that write them."""

import io

from tests.spreadsheets import files

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
