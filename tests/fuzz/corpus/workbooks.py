"""Workbooks: one for each program that writes its own kind, and broken ones."""

import datetime
from collections.abc import Callable, Mapping
from functools import partial

from tests.fuzz.archives import again, packed
from tests.spreadsheets import excel, files, programs
from tests.spreadsheets.excel import Cell, Habits, excel_workbook, number, rich, text

DAY = datetime.datetime(2026, 11, 23)
HEADINGS = ["Телефон", "Ім'я", "Дата"]
EXCEL = [
    ["phone", "name", "day", "share", "card"],
    [text("+380971234567"), rich("Оле", "на"), number(46349, excel.DAY), number(0.1, excel.PERCENT), number("3E1")],
    [],
    [
        number("380501234567"), Cell(kind="str", value="Олена", formula='B1&""'), number(1.25, excel.SPAN),
        Cell(formula="B1"), Cell(kind="e", value="#N/A", formula="NA()"),
    ],
    [
        Cell(kind="s", value="<t>0971234568</t>", is_inline=True), None, number(0.39, excel.CLOCK),
        Cell(kind="b", value="1"),
    ],
]  # fmt: skip


def as_excel(**habits: object) -> bytes:
    return again(excel_workbook(EXCEL, Habits(**habits)).getvalue())  # type: ignore[arg-type]


def as_openpyxl() -> bytes:
    rows = [HEADINGS, ["+380971234567", "Олена", DAY], [380501234567, "Їжак", None], [None], ["'+380", True, 0.5]]
    return again(files.workbook(rows, [["b"]], titles=["Люди", "Ще"], hidden=[1]).getvalue())


def as_google() -> bytes:
    """Write numbers with an exponent, a style for every cell, and rows without spans."""
    rows = (
        "<row r='1'><c r='A1' s='1' t='s'><v>0</v></c><c r='B1' s='1' t='str'><v>name</v></c></row>"
        "<row r='2'><c r='A2' s='2'><v>3.80971234567E11</v></c><c r='B2' s='1' t='str'><f>B1</f><v>Олена</v></c></row>"
        "<row r='3'><c r='A3' s='1'/><c r='B3' s='1' t='e'><f>NA()</f><v>#N/A</v></c></row>"
    )
    return again(files.raw_workbook(files.sheet_of(rows, "<sheetPr><outlinePr/></sheetPr><cols/>")).getvalue())


def as_1c() -> bytes:
    """Write the shared texts under another name, and phones with no-break spaces, below a title."""
    rows = (
        "<row r='1'><c r='A1' t='str'><v>Контрагенти на 27.11.2026</v></c></row>"
        "<row r='3'><c r='A3' t='s'><v>0</v></c><c r='B3' t='str'><v>Найменування</v></c></row>"
        "<row r='4'><c r='A4' t='str'><v>380\u00a0971\u00a0234\u00a0567</v></c>"
        "<c r='B4' t='str'><v>ТОВ «Ромашка»</v></c></row>"
    )
    parts = {**files.PARTS, "xl/worksheets/sheet1.xml": files.sheet_of(rows)}
    return packed({name.replace("sharedStrings", "SharedStrings"): part.encode() for name, part in parts.items()})


def as_numbers() -> bytes:
    """Write a summary first, and the table's title above the table."""
    summary = [["This document was exported from Numbers."], ["Sheet Name", "Table Name"], ["Sheet 1", "Table 1"]]
    table = [["Table 1"], ["Phone", "Name"], ["0971234567", "Олена"], ["0501234567", None]]
    return again(files.workbook(summary, table, titles=["Export Summary", "Sheet 1"]).getvalue())


def as_libreoffice() -> bytes:
    """Write every attribute of a row, and blank rows to the last one."""
    rows = (
        "<row r='1' customFormat='false' ht='12.8' hidden='false' outlineLevel='0' collapsed='false'>"
        "<c r='A1' s='0' t='s'><v>0</v></c><c r='B1' s='0' t='b'><v>1</v></c></row>"
        "<row r='2' customFormat='false' ht='12.8' hidden='true'><c r='A2' s='0' t='n'><v>380971234567</v></c></row>"
        "<row r='1048576' customFormat='false' ht='12.8'></row>"
    )
    return again(files.raw_workbook(files.sheet_of(rows, "<dimension ref='A1:B1048576'/>")).getvalue())


WORKBOOKS: Mapping[str, Callable[[], bytes]] = {
    "excel.xlsx": as_excel,
    "excel-strict.xlsx": partial(as_excel, is_strict=True, prefix="x", counts_from_1904=True),
    "excel-without-addresses.xlsx": partial(as_excel, has_addresses=False, encoding="UTF-16"),
    "openpyxl.xlsx": as_openpyxl,
    "google.xlsx": as_google,
    "1c.xlsx": as_1c,
    "numbers.xlsx": as_numbers,
    "libreoffice-rows.xlsx": as_libreoffice,
    "sheetjs.xlsx": lambda: again(programs.AS_PROGRAMS_WRITE["a default type of SheetJS"]().getvalue()),
    "backslashes.xlsx": lambda: again(programs.AS_PROGRAMS_WRITE["backslashes"]().getvalue()),
    "parts-elsewhere.xlsx": lambda: again(programs.AS_PROGRAMS_WRITE["parts elsewhere"]().getvalue()),
}
