"""Text tables as Excel, LibreOffice and other systems write them."""

import io

import pytest

from tests.spreadsheets import files
from viber_messaging.spreadsheets import FileProblem, Role, RowProblem, SpreadsheetError
from viber_messaging.spreadsheets.limits import Limits

ROWS = [["Телефон", "Ім'я", "Місто"], ["0971234567", "Їжакевич Олена", "Київ"], ["0501234567", "Іван", "Львів"]]


def table_text(delimiter: str, line_end: str = "\r\n") -> str:
    return "".join(delimiter.join(row) + line_end for row in ROWS)


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_separator_is_found(delimiter: str, line_end: str) -> None:
    table = files.read(files.text(table_text(delimiter, line_end)))
    assert table.delimiter == delimiter
    assert files.values(table) == ROWS[1:]


@pytest.mark.parametrize(
    ("encoding", "told"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("utf-16", "utf-16"),
        ("utf-32", "utf-32"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("windows-1251", "windows-1251"),
    ],
)
def test_the_encoding_is_found_and_told(encoding: str, told: str) -> None:
    table = files.read(files.text(table_text(";"), encoding))
    assert table.encoding == told
    assert files.values(table) == ROWS[1:]


def test_an_encoding_that_shows_only_far_down_is_found() -> None:
    filler = "0501234567;a;b\n" * 20_000
    table = files.read(files.text("phone;name;city\n" + filler + "0971234567;Їжак;Київ\n", "windows-1251"))
    assert list(table.rows())[-1].values == ["0971234567", "Їжак", "Київ"]


def test_letters_that_cannot_be_read_are_told() -> None:
    with pytest.raises(SpreadsheetError) as raised:
        files.read(io.BytesIO(b"phone;name\n0971234567;\x98\xd0\n"))
    assert raised.value.code == FileProblem.ENCODING


def test_a_declared_separator_wins_and_is_no_row() -> None:
    table = files.read(files.text("sep=;\r\n" + table_text(";")))
    assert (table.delimiter, table.heading_row) == (";", 1)
    assert files.values(table) == ROWS[1:]


def test_a_comma_inside_the_cells_is_no_separator() -> None:
    table = files.read(files.text("Телефон;Адреса\n0971234567;Київ, Хрещатик, 1\n0501234567;Львів, Ринок, 2\n"))
    assert files.values(table) == [["0971234567", "Київ, Хрещатик, 1"], ["0501234567", "Львів, Ринок, 2"]]


def test_a_single_column_needs_no_separator() -> None:
    table = files.read(files.text("Телефон\n+38 (097) 123-45-67\n380971234567,00\n"))
    assert files.values(table) == [["+38 (097) 123-45-67"], ["380971234567,00"]]


def test_quotation_marks_hold_separators_and_line_breaks() -> None:
    table = files.read(files.text('phone,name\n0971234567,"Коваль, ""Олена""\nІванівна"\n0501234567,Іван\n'))
    assert [(row.number, row.values[1]) for row in table.rows()] == [(2, 'Коваль, "Олена"\nІванівна'), (3, "Іван")]


def test_blank_lines_are_passed_over_and_counted() -> None:
    table = files.read(files.text("phone;name\n\n0971234567;Олена\n;\n   \n\n0501234567;Іван\n\n"))
    assert [row.number for row in table.rows()] == [3, 7]


def test_a_row_that_does_not_fit_is_a_wrong_row_and_no_wrong_file() -> None:
    table = files.read(files.text("phone;name\n0971234567;a;b\n0501234567\n0631234567;Іван\n0671234567;Ія;;\n"))
    rows = list(table.rows())
    assert [row.problem for row in rows] == [RowProblem.TOO_MANY_CELLS, None, None, None]
    assert rows[0].values == ["0971234567", "a", "b"]
    assert rows[1].values == ["0501234567", None]


@pytest.mark.parametrize("count", [1, 20_000])
@pytest.mark.parametrize("name", ['"Олена', '"ТОВ "Ромашка""', '"Олена" Коваль', '"a"b"'])
def test_quotation_marks_that_do_not_match_spoil_their_own_row_only(name: str, count: int) -> None:
    file = files.text(f"phone;name\n0631234567;Ія\n0971234567;{name}\n" + "0501234567;Іван\n" * count)
    rows = list(files.read(file).rows())
    assert [row.problem for row in rows] == [None, RowProblem.MISQUOTED, *[None] * count]
    assert rows[1].values == ["0971234567", name]
    assert rows[-1].values == ["0501234567", "Іван"]


def test_a_file_of_stray_quotation_marks_is_refused() -> None:
    with pytest.raises(SpreadsheetError) as raised:
        list(files.read(files.text("phone;name\n" + '0971234567;"a"b\n' * 2000)).rows())
    assert raised.value.code == FileProblem.QUOTES


SPACED = [
    '"phone" ,"name"\n"0971234567" ,"Олена"\n',
    '"phone", "name"\n"0971234567", "Олена"\n',
    '"phone" , "name" \r\n"0971234567" , "Олена" \r\n',
    "phone, name\n0971234567, Олена\n",
    'sep=|\n"phone" | "name"\n0971234567 | "Олена"\n',
    "phone|name\n0971234567|Олена\n",
    '"phone"\t"name"\n"0971234567" \t"Олена"',
]


@pytest.mark.parametrize("content", SPACED)
def test_spaces_around_quotation_marks_do_not_matter(content: str) -> None:
    table = files.read(files.text(content))
    assert [column.title for column in table.columns] == ["phone", "name"]
    assert [[str(cell).strip() for cell in row] for row in files.values(table)] == [["0971234567", "Олена"]]


def test_a_space_before_a_quoted_separator_does_not_cut_the_cell() -> None:
    table = files.read(files.text('phone,name\n"0971234567", "Шевченко, Олена"\n'))
    assert files.values(table) == [["0971234567", "Шевченко, Олена"]]


def test_trailing_cells_that_the_writer_left_out_are_blank() -> None:
    table = files.read(files.text("phone;name;city\n0971234567\n0501234567;Іван\n"))
    assert [(row.problem, row.values) for row in table.rows()] == [
        (None, ["0971234567", None, None]),
        (None, ["0501234567", "Іван", None]),
    ]


GOOD = "Телефон;Ім'я\n" + "0971234567;Олена\n" * 3


@pytest.mark.parametrize("bad", [b"\xff", b"\xd0", "Ія".encode("windows-1251")])
def test_bad_bytes_in_a_utf_8_file_make_their_row_wrong_and_no_other(bad: bytes) -> None:
    table = files.read(io.BytesIO(GOOD.encode() + b"0501234567;" + bad + b"\n0631234567;\xd0\x86\xd1\x8f\n"))
    assert table.encoding == "utf-8"
    rows = list(table.rows())
    assert [row.problem for row in rows] == [None, None, None, RowProblem.UNREADABLE, None]
    assert (rows[0].values[1], rows[4].values[1]) == ("Олена", "Ія")


def test_a_byte_that_windows_1251_does_not_know_makes_its_row_wrong() -> None:
    table = files.read(io.BytesIO(GOOD.encode("windows-1251") + b"0501234567;\x98\n"))
    assert table.encoding == "windows-1251"
    assert [row.problem for row in table.rows()] == [None, None, None, RowProblem.UNREADABLE]


@pytest.mark.parametrize("name", ["Юрій", "Іїє", "ЁЄІЇ", "Олена"])
def test_windows_1251_is_not_taken_for_utf_8(name: str) -> None:
    table = files.read(files.text(f"phone;name\n0971234567;{name}\n", "windows-1251"))
    assert (table.encoding, files.values(table)[0][1]) == ("windows-1251", name)


def test_too_many_rows_are_refused_on_the_way() -> None:
    table = files.read(files.text("phone\n" + "0971234567\n" * 11), limits=Limits(max_rows=10, max_bytes=10_000))
    with pytest.raises(SpreadsheetError) as raised:
        list(table.rows())
    assert raised.value.code == FileProblem.LONG
    assert "10" in str(raised.value)


def test_the_file_stays_open_and_can_be_read_again() -> None:
    file = files.text(table_text(";"))
    table = files.read(file)
    assert files.values(table) == files.values(table)
    assert not file.closed
    assert table.column(Role.PHONE) is not None
