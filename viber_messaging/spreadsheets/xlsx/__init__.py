"""XLSX workbooks, streamed with expat: in a third of openpyxl's time, and with memory for only one row."""

from viber_messaging.spreadsheets.xlsx.workbook import open_workbook

__all__ = ["open_workbook"]
