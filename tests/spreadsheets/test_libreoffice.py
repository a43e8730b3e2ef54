"""One spreadsheet as LibreOffice 7.4 saves it, in each format; made from ``tests/data/libreoffice.fods`` by

``soffice --headless --convert-to xlsx`` (and ``xls``), and for the text table, windows-1251 with semicolons,
``--convert-to 'csv:Text - txt - csv (StarCalc):59,34,34,1,,0,false,true,false,false,false,3'``.
"""

import io
from pathlib import Path

import pytest

from viber_messaging.importing import Kind, Person, Refusal, stage
from viber_messaging.spreadsheets import FileProblem, SpreadsheetError, Table, open_table

DATA = Path(__file__).resolve().parent.parent / "data"

PEOPLE = [
    (4, "+380971234567", "Олена Коваль", ["Київ", "17.05.1990", "10%", "125", "TRUE", "09:30", "30:05"]),
    (5, "+380501234567", "Їжакевич Ґалаґан", ["Івано-Франківськ", "01.12.1985", "12.5%", "12.5", "FALSE"]),
    (6, "+380671234567", "Д'Артаньян <Шарль> & Ко", ["250"]),
    (7, "+380631234567", "Марія Лис", ["Суми", "29.02.2000", "0.125"]),
    (8, "+380681234567", "Рядок другий", ["Львів"]),
    (10, "+380931234567", "Степан", ["Одеса"]),
]
REFUSED = [
    (11, "landline", Kind.WRONG),
    (12, "shortened", Kind.WRONG),
    (13, "error", Kind.WRONG),
    (14, "repeated", Kind.REPEATED),
    (15, "empty", Kind.EMPTY),
    (16, "date", Kind.WRONG),
]


def opened(ending: str) -> Table:
    return open_table(io.BytesIO((DATA / f"libreoffice.{ending}").read_bytes()), f"клієнти.{ending}")


@pytest.mark.parametrize("ending", ["xlsx", "xls"])
def test_a_workbook_of_libreoffice_is_read_as_it_is_shown(ending: str) -> None:
    table = opened(ending)
    assert (table.sheet, table.heading_row) == ("Клієнти", 3)
    records = list(stage(table, io.BytesIO()).records())
    people = [record for record in records if isinstance(record, Person)]
    assert [(p.number, p.phone, p.name, list(p.attributes.values())) for p in people] == PEOPLE
    refused = [record for record in records if isinstance(record, Refusal)]
    assert [(refusal.number, refusal.reason, refusal.kind) for refusal in refused] == REFUSED


def test_its_text_table_in_windows_1251_gives_the_same_people() -> None:
    table = opened("csv")
    assert (table.encoding, table.delimiter, table.heading_row) == ("windows-1251", ";", 3)
    records = list(stage(table, io.BytesIO()).records())
    people = [record for record in records if isinstance(record, Person)]
    assert [(p.number, p.phone, p.name) for p in people] == [person[:3] for person in PEOPLE]
    refused = [record for record in records if isinstance(record, Refusal)]
    assert [(refusal.number, refusal.kind) for refusal in refused] == [(row[0], row[2]) for row in REFUSED]
    assert refused[-1].reason == "date"


def test_its_own_format_is_told_how_to_be_saved() -> None:
    with pytest.raises(SpreadsheetError, match=r"\.xlsx") as raised:
        opened("fods")
    assert raised.value.code == FileProblem.WEB_PAGE
