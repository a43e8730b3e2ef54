"""Spreadsheets made on the spot: good ones, spoilt ones, bombs."""

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import openpyxl

from viber_messaging.spreadsheets import Table, open_table

Rows = Iterable[Sequence[Any]]

PARTS = {
    "[Content_Types].xml": "<Types><Override ContentType='application/vnd.openxmlformats-officedocument."
    "spreadsheetml.sheet.main+xml' PartName='/xl/workbook.xml'/></Types>",
    "_rels/.rels": "<Relationships><Relationship Id='r1' Type='http://x/officeDocument' Target='xl/workbook.xml'/>"
    "</Relationships>",
    "xl/workbook.xml": "<workbook xmlns:r='r'><sheets><sheet name='Аркуш1' sheetId='1' r:id='r1'/></sheets></workbook>",
    "xl/_rels/workbook.xml.rels": "<Relationships><Relationship Id='r1' Type='http://x/worksheet' "
    "Target='worksheets/sheet1.xml'/><Relationship Id='r2' Type='http://x/sharedStrings' Target='sharedStrings.xml'/>"
    "</Relationships>",
    "xl/sharedStrings.xml": "<sst><si><t>phone</t></si></sst>",
}
"""The least that makes a workbook; the sheet is missing."""


def workbook(*sheets: Rows, titles: Sequence[str] = (), hidden: Sequence[int] = (), active: int = 0) -> io.BytesIO:
    """Return a workbook as openpyxl writes it, with a sheet for each list of rows."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for place, rows in enumerate(sheets):
        sheet = book.create_sheet(titles[place] if titles else None)
        for row in rows:
            sheet.append(row)
        if place in hidden:
            sheet.sheet_state = "hidden"
    book.active = active
    file = io.BytesIO()
    book.save(file)
    return file


def raw_workbook(sheet: str | bytes, **others: str | bytes) -> io.BytesIO:
    """Return a workbook made of this XML; ``others`` are parts by their names, with __ for a slash."""
    return archive({**PARTS, "xl/worksheets/sheet1.xml": sheet} | {k.replace("__", "/"): v for k, v in others.items()})


def styled(styles: str) -> dict[str, str]:
    """Return the parts that give a raw workbook these styles."""
    relation = "<Relationship Id='r3' Type='http://x/styles' Target='styles.xml'/></Rel"
    relations = PARTS["xl/_rels/workbook.xml.rels"].replace("</Rel", relation, 1)
    return {"xl___rels__workbook.xml.rels": relations, "xl__styles.xml": f"<styleSheet>{styles}</styleSheet>"}


def sheet_of(rows: str, before: str = "") -> str:
    return f"<worksheet>{before}<sheetData>{rows}</sheetData></worksheet>"


def archive(parts: Mapping[str, str | bytes]) -> io.BytesIO:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return file


def text(content: str, encoding: str = "utf-8") -> io.BytesIO:
    return io.BytesIO(content.encode(encoding))


def read(file: Any, name: str | None = None, **options: Any) -> Table:
    """Open ``file`` under the name that befits it."""
    file.seek(0)
    is_archive = file.read(2) == b"PK"
    return open_table(file, name or ("people.xlsx" if is_archive else "people.csv"), **options)


def values(table: Table) -> list[list[object]]:
    return [list(row.values) for row in table.rows()]
