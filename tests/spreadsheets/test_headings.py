"""Headings as people write them."""

import pytest

from tests.spreadsheets import files
from viber_messaging.spreadsheets import MESSAGE_ROLES, FileProblem, Role, SpreadsheetError
from viber_messaging.spreadsheets.headings import HEADINGS, MEANINGS, fold

PHONE = "+380971234567"


@pytest.mark.parametrize(
    "heading",
    [
        *(
            "Телефон",
            " phone ",
            "PHONE",
            "тел.",
            "Phone number",
            "Моб. тел.:",
            "ТЕЛЕФОН\n",
            "\ufeffPhone",
            "№ телефону",
        ),
        *("Номер  телефона", "Мобільний", "phone_number", "Phone No.", "«Телефон»", "Вайбер"),
    ],
)
def test_a_phone_column_is_recognised_however_it_is_headed(heading: str) -> None:
    table = files.read(files.workbook([["x", heading], ["y", PHONE]]))
    column = table.column(Role.PHONE)
    assert column is not None
    assert column.letter == "B"


@pytest.mark.parametrize("heading", ["Ім'я", "імʼя", "ІМ’Я", "Имя", "П.І.Б.", "ПІБ", "Ф.И.О.", "Full  Name", "name"])
def test_a_name_column_is_recognised_however_it_is_headed(heading: str) -> None:
    table = files.read(files.workbook([["phone", heading], [PHONE, "Олена"]]))
    assert table.columns[1].role == Role.NAME


def test_the_columns_of_messages_are_recognised_where_messages_are_imported() -> None:
    headings = ["Телефон", "Текст", "Відправник", "Тип", "Картинка", "Кнопка", "Посилання", "Дата і час", "Місто"]
    table = files.read(files.workbook([headings, [PHONE, *"abcdefgh"]]), roles=MESSAGE_ROLES)
    assert [column.role for column in table.columns] == [
        Role.PHONE,
        Role.TEXT,
        Role.SENDER,
        Role.TYPE,
        Role.IMAGE,
        Role.BUTTON,
        Role.URL,
        Role.SCHEDULED_AT,
        None,
    ]


def test_among_recipients_a_text_is_a_column_like_any_other() -> None:
    table = files.read(files.workbook([["phone", "Text"], [PHONE, "a"]]))
    assert table.columns[1].role is None


def test_no_heading_means_two_things() -> None:
    for role, words in HEADINGS.items():
        for heading in words.replace("\n", ";").split(";"):
            assert not heading.strip() or MEANINGS[fold(heading)] == role


def test_a_title_above_the_headings_is_passed_over() -> None:
    table = files.read(files.workbook([["Клієнти 2026"], [], ["Ім'я", "Телефон"], ["Олена", PHONE]]))
    assert table.heading_row == 3
    assert [row.number for row in table.rows()] == [4]


def test_without_a_known_heading_the_columns_are_shown_and_none_is_the_phone() -> None:
    table = files.read(files.workbook([["Хто", "Куди"], ["Олена", PHONE]]))
    assert [column.title for column in table.columns] == ["Хто", "Куди"]
    assert table.column(Role.PHONE) is None


def test_a_person_says_which_column_is_the_phone() -> None:
    file = files.workbook([["Хто", "Куди"], ["Олена", PHONE]])
    table = files.read(file, chosen={1: Role.PHONE, 0: Role.NAME})
    assert [column.role for column in table.columns] == [Role.NAME, Role.PHONE]
    assert files.values(table) == [["Олена", PHONE]]


def test_a_file_without_headings_loses_no_row_and_its_columns_bear_letters() -> None:
    file = files.text("097 123-45-67;Олена\n0501234567;Іван\n")
    table = files.read(file)
    assert (table.heading_row, [column.title for column in table.columns]) == (0, ["A", "B"])
    assert table.column(Role.PHONE) is None
    table = files.read(file, chosen={0: Role.PHONE})
    assert files.values(table) == [["097 123-45-67", "Олена"], ["0501234567", "Іван"]]


@pytest.mark.parametrize(("has_headings", "count"), [(True, 1), (False, 2)])
def test_a_person_may_say_whether_there_are_headings(has_headings: bool, count: int) -> None:
    table = files.read(files.text("Хто;Куди\nОлена;0971234567\n"), has_headings=has_headings)
    assert len(files.values(table)) == count


def test_of_two_phone_columns_neither_is_taken() -> None:
    table = files.read(files.workbook([["Телефон", "Мобільний"], [PHONE, PHONE]]))
    assert table.column(Role.PHONE) is None
    assert table.heading_row == 1


def test_a_person_says_which_of_two_phones_and_the_rest_stays_as_recognised() -> None:
    file = files.workbook([["Телефон", "Мобільний", "Ім'я"], [PHONE, "0501234567", "Олена"]])
    table = files.read(file, chosen={1: Role.PHONE})
    assert [column.role for column in table.columns] == [None, Role.PHONE, Role.NAME]
    table = files.read(file, chosen={0: Role.PHONE, 2: None})
    assert [column.role for column in table.columns] == [Role.PHONE, None, None]


def test_a_title_above_unknown_headings_hides_no_column() -> None:
    table = files.read(files.workbook([["Клієнти 2026"], ["Хто", "Куди"], ["Олена", PHONE, "ще"]]))
    assert (table.heading_row, [column.title for column in table.columns]) == (2, ["Хто", "Куди", ""])
    assert [column.letter for column in table.columns] == ["A", "B", "C"]


@pytest.mark.parametrize("headings", [["phone", "phone"], ["phone", "City", " City "]])
def test_a_repeated_heading_is_refused_by_name(headings: list[str]) -> None:
    with pytest.raises(SpreadsheetError, match=headings[-1].strip()) as raised:
        files.read(files.workbook([headings, [PHONE, "a", "b"][: len(headings)]]))
    assert raised.value.code == FileProblem.REPEATED_HEADING


LETTERHEAD = [["ТОВ «Квітка»"], ["Тел.", "(044) 123-45-67"], ["Ім'я", "Телефон"], ["Олена", PHONE]]
NO_HEADINGS = {
    "a word for a phone in a cell beside one": [["Олена", "0671239001", "Viber"], ["Іван", "0671239002", "Сайт"]],
    "unknown headings above it": [
        *(["Клієнт", "Контакт", "Звідки"], ["Петро", "0671239001", "Сайт"]),
        *(["Олена", "0671239002", "Viber"], ["Іван", "0671239003", "Сайт"]),
    ],
    "a word for a phone in a row without one": [["Петро", "0671239001", ""], ["Олена", "", "Viber"]],
    "a word for a phone beside a wrong phone": [
        ["Хто", "Куди", ""],
        ["Олена", "0441234567", "Viber"],
        ["Ія", PHONE, ""],
    ],
    "a label of an address book": [["Name", "Label", "Value"], ["Petro", "Mobile", "+380671239001"]],
    "a title above the people": [["Клієнти"], ["Петро", "0671239001"], ["Олена", "0671239002"]],
    "phones alone above people": [["0671239001"], ["0671239002", "Олена"]],
    "a wrong phone alone above people": [["06712390"], ["0671239001"], ["0671239002", "Олена"]],
}


@pytest.mark.parametrize("rows", NO_HEADINGS.values(), ids=NO_HEADINGS)
def test_a_row_of_a_person_is_never_taken_for_headings(rows: list[list[str]]) -> None:
    people = [row for row in rows if any(map(str.isdigit, "".join(row)))]
    text = "sep=;\n" + "".join(";".join(row) + "\n" for row in rows)
    for file in (files.workbook(rows), files.text(text)):
        read = ["".join(str(cell or "") for cell in row) for row in files.values(files.read(file))]
        assert [row for row in read if any(map(str.isdigit, row))] == ["".join(row).replace(";", "") for row in people]


def test_what_a_person_says_of_headings_loses_no_row_but_that_of_the_headings() -> None:
    rows = [["0671239001"], ["0671239002", "Олена"]]
    table = files.read(files.workbook(rows), chosen={0: Role.PHONE}, has_headings=True)
    assert (table.heading_row, files.values(table)) == (1, [["0671239002", "Олена"]])


def test_the_rows_above_the_headings_are_told() -> None:
    table = files.read(files.workbook(LETTERHEAD))
    assert (table.heading_row, [(row.number, list(row.values)) for row in table.above]) == (
        3,
        [(1, ["ТОВ «Квітка»"]), (2, ["Тел.", "(044) 123-45-67"])],
    )
    assert files.values(table) == [["Олена", PHONE]]


def test_a_title_that_is_a_word_for_a_phone_is_no_row_of_headings() -> None:
    table = files.read(files.workbook([["Viber"], ["Ім'я", "Телефон"], ["Олена", PHONE]]))
    assert (table.heading_row, len(table.above)) == (2, 1)


def test_an_export_of_an_address_book_is_recognised() -> None:
    headings = ["First Name", "Phone 1 - Label", "Phone 1 - Value"]
    table = files.read(files.workbook([headings, ["Олена", "Mobile", PHONE]]))
    assert [column.role for column in table.columns] == [Role.NAME, None, Role.PHONE]


def test_a_long_heading_is_cut_before_it_is_folded() -> None:
    assert len(fold("\ufdfa" * 100_000)) < 5_000


SHEETS = {
    "a cover sheet": [[["Звіт"], ["За листопад", "2026"]], [["Ім'я", "Телефон"], ["Олена", PHONE]]],
    "a summary of Numbers": [
        [["Numbers Sheet Name", "Numbers Table Name", "Excel Worksheet Name"], ["Sheet 1", "Table 1", "Клієнти"]],
        [["Хто", "Куди"], ["Олена", PHONE]],
    ],
    "a sheet that names a phone and holds none": [[["Номер", "Сума"], ["12", "300"]], [["Телефон"], [PHONE]]],
    "a cover sheet with the phone of the firm": [[["Звіт"], ["Дзвоніть", PHONE]], [["Телефон"], [PHONE]]],
}


@pytest.mark.parametrize("sheets", SHEETS.values(), ids=SHEETS)
def test_the_sheet_that_holds_the_phones_is_read(sheets: list[list[list[str]]]) -> None:
    table = files.read(files.workbook(*sheets, titles=["Перший", "Клієнти"]))
    assert (table.sheet, table.sheets) == ("Клієнти", ("Перший", "Клієнти"))


def test_a_person_chooses_the_sheet() -> None:
    file = files.workbook([["phone"], [PHONE]], [["phone"], ["0501234567"]], titles=["A", "B"])
    assert files.values(files.read(file, sheet="B")) == [["0501234567"]]
    assert files.values(files.read(file, sheet="gone")) == [[PHONE]]
