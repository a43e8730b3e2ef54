"""Why a file, a row or a cell cannot be used, each with one sentence that says what to do."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class FileProblem(StrEnum):
    """Why a file is refused as a whole."""

    EMPTY = "empty"
    NO_ROWS = "no_rows"
    LARGE = "large"
    LONG = "long"
    UNPACKED = "unpacked"
    PASSWORD = "password"  # noqa: S105 (a reason, not a password)
    OLD_EXCEL = "old_excel"
    MACROS = "macros"
    BINARY_EXCEL = "binary_excel"
    OPEN_DOCUMENT = "open_document"
    WEB_PAGE = "web_page"
    FORMAT = "format"
    OTHER = "other"
    LOCK = "lock"
    MISNAMED = "misnamed"
    DAMAGED = "damaged"
    ENCODING = "encoding"
    QUOTES = "quotes"
    REPEATED_HEADING = "repeated_heading"


FILE_MESSAGES: Final[Mapping[FileProblem, Promise]] = {
    FileProblem.EMPTY: _("This file is empty; choose a file with one row for each person."),
    FileProblem.NO_ROWS: _("This file has headings but no rows below them; add the rows and upload it again."),
    FileProblem.LARGE: _("This file is larger than %(limit)s MB; split it and upload the parts one by one."),
    FileProblem.LONG: _("There are more than %(limit)s rows in this file; split it and upload the parts one by one."),
    FileProblem.UNPACKED: _(
        "The content of this workbook is far larger than a list of people can be; copy the rows into a new workbook "
        "and upload that."
    ),
    FileProblem.PASSWORD: _("This workbook is protected by a password; save it without one and upload it again."),
    FileProblem.OLD_EXCEL: _("This is an old Excel workbook (.xls); open it, save it as .xlsx and upload that."),
    FileProblem.MACROS: _("This is a workbook with macros (.xlsm); save it as .xlsx and upload that."),
    FileProblem.BINARY_EXCEL: _("This is a binary workbook (.xlsb); save it as .xlsx and upload that."),
    FileProblem.OPEN_DOCUMENT: _("This is an OpenDocument spreadsheet (.ods); save it as .xlsx and upload that."),
    FileProblem.WEB_PAGE: _(
        "This is a web page or an XML file, not a spreadsheet; open it in Excel, save it as .xlsx and upload that."
    ),
    FileProblem.FORMAT: _("This is not a spreadsheet; upload an Excel workbook (.xlsx) or a CSV file (.csv)."),
    FileProblem.OTHER: _("This is %(what)s, not a spreadsheet; upload an Excel workbook (.xlsx) or a CSV file (.csv)."),
    FileProblem.LOCK: _(
        "This is a temporary file that Excel creates while a workbook is open; choose the workbook itself, whose name "
        "does not begin with ~."
    ),
    FileProblem.MISNAMED: _(
        "The name of this file ends in %(called)s, but its content is %(is)s; save it as .xlsx or .csv and upload that."
    ),
    FileProblem.DAMAGED: _("This workbook is damaged; open it in Excel or LibreOffice, save it again and upload that."),
    FileProblem.ENCODING: _("The characters in this file cannot be read; save it as .xlsx, or as CSV in UTF-8."),
    FileProblem.QUOTES: _(
        "Too many rows in this file have unmatched quotation marks; save it as .xlsx and upload that."
    ),
    FileProblem.REPEATED_HEADING: _(
        'Two columns have the heading "%(title)s"; rename or delete one and upload the file again.'
    ),
}


class RowProblem(StrEnum):
    """Why a row or one of its cells is refused although the rest of the file is read."""

    TOO_MANY_CELLS = "too_many_cells"
    MISQUOTED = "misquoted"
    UNREADABLE = "unreadable"
    FORMULA = "formula"
    ERROR = "error"


ROW_MESSAGES: Final[Mapping[RowProblem, Promise]] = {
    RowProblem.TOO_MANY_CELLS: _(
        "This row has more cells than there are headings; put quotation marks around each cell that contains the "
        "separator."
    ),
    RowProblem.MISQUOTED: _("The quotation marks in this row do not match; correct them."),
    RowProblem.UNREADABLE: _(
        "This row contains characters that cannot be read; type them again and save the file in UTF-8."
    ),
    RowProblem.FORMULA: _("This formula was never calculated; open the file in Excel, save it and upload it again."),
    RowProblem.ERROR: _("This cell contains an Excel error, such as #N/A; enter the value."),
}


class SpreadsheetError(ValueError):
    """Raised when a file cannot be read at all; ``code`` is the reason for programs, the text is for people."""

    def __init__(self, code: FileProblem, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params = params

    def __str__(self) -> str:
        return str(FILE_MESSAGES[self.code]) % self.params
