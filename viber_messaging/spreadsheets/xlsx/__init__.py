"""XLSX workbooks, read as a stream by expat: a third of openpyxl's time, and no more memory than one row takes."""

from viber_messaging.spreadsheets.xlsx.workbook import open_workbook

__all__ = ["open_workbook"]
