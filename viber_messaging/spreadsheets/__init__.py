"""Read spreadsheets safely: an upload becomes a Table, or an error with one sentence that says what to do.

>>> table = open_table(upload, "clients.xlsx")      # SpreadsheetError: str() is the sentence for the form
>>> [column.title for column in table.columns]
['Телефон', "Ім'я", 'Місто']
>>> table.column(Role.PHONE) is None                # then ask: open_table(…, chosen={2: Role.PHONE})
False
>>> for row in table.rows(): row.number, row.values

Rows are streamed and can be read several times; no file is held in memory. Does not import models.
"""

from viber_messaging.spreadsheets.entities import BadCell, Column, Row, Table
from viber_messaging.spreadsheets.errors import ROW_MESSAGES, FileProblem, RowProblem, SpreadsheetError
from viber_messaging.spreadsheets.headings import MESSAGE_ROLES, RECIPIENT_ROLES, Role
from viber_messaging.spreadsheets.upload import open_table

__all__ = [
    "MESSAGE_ROLES",
    "RECIPIENT_ROLES",
    "ROW_MESSAGES",
    "BadCell",
    "Column",
    "FileProblem",
    "Role",
    "Row",
    "RowProblem",
    "SpreadsheetError",
    "Table",
    "open_table",
]
