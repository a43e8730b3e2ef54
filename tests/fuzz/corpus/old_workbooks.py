"""Workbooks of an old Excel."""

import datetime
import io
import struct
from collections.abc import Callable, Mapping

import xlwt


def as_excel_97() -> bytes:
    """Write every kind of cell, a hidden sheet and a hidden row."""
    book = xlwt.Workbook()
    book.add_sheet("Схов").write(0, 0, "phone")
    sheet = book.add_sheet("Люди")
    day = xlwt.easyxf(num_format_str="DD.MM.YYYY")
    for column, heading in enumerate(["phone", "name", "day", "sum", "is"]):
        sheet.write(0, column, heading)
    sheet.write(1, 0, 380971234567)
    sheet.write(1, 1, "Олена")
    sheet.write(1, 2, datetime.datetime(2026, 11, 23), day)
    sheet.write(1, 3, 12345, xlwt.easyxf(num_format_str="00000000"))
    sheet.write(1, 4, True)
    sheet.write(2, 0, "0501234567")
    sheet.write(2, 3, xlwt.Formula("1/0"))
    sheet.row(2).hidden = True
    book.get_sheet(0).visibility = 1
    book.active_sheet = 1
    return saved(book)


def as_a_report() -> bytes:
    """Write merged cells above the headings, in Cyrillic only."""
    book = xlwt.Workbook(encoding="cp1251")
    sheet = book.add_sheet("TDSheet")
    sheet.write_merge(0, 1, 0, 3, "Контрагенти")
    sheet.write(3, 0, "Найменування")
    sheet.write(3, 1, "Телефон")
    sheet.write(4, 0, "ТОВ «Ромашка»")
    sheet.write(4, 1, "(097) 123-45-67")
    return saved(book)


def saved(book: xlwt.Workbook) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def with_a_password() -> bytes:
    content = as_a_report()
    place = content.index(struct.pack("<HH", 0x0042, 2))
    return content[:place] + struct.pack("<HH", 0x002F, 2) + content[place + 4 :]


def with_a_wrong_style() -> bytes:
    content = as_excel_97()
    place = content.index(struct.pack("<HH", 0x0203, 14))
    return content[: place + 8] + struct.pack("<H", 0x7FFF) + content[place + 10 :]


OLD_WORKBOOKS: Mapping[str, Callable[[], bytes]] = {
    "excel-97.xls": as_excel_97,
    "a-report.xls": as_a_report,
    "broken-password.xls": with_a_password,
    "broken-style.xls": with_a_wrong_style,
    "broken-cut.xls": lambda: as_excel_97()[:2000],
    "broken-middle.xls": lambda: as_a_report()[:1500] + b"\xff" * 400 + as_a_report()[1900:],
}
