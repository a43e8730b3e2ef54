"""Wrong files: each ends in one sentence that says what to do."""

import contextlib
import io
import zipfile

import pytest
from django.utils.translation import override
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.spreadsheets import files
from viber_messaging.spreadsheets import FileProblem, SpreadsheetError
from viber_messaging.spreadsheets.errors import FILE_MESSAGES, ROW_MESSAGES, RowProblem
from viber_messaging.spreadsheets.limits import Limits

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 504
TABLE = "phone;name\n0971234567;Олена\n"
HTML = "<html><body><table><tr><td>phone</td></tr></table></body></html>"
MACROS = (
    "<Types><Override PartName='/xl/workbook.xml' "
    "ContentType='application/vnd.ms-excel.sheet.macroEnabled.main+xml'/></Types>"
)
BINARY = (
    "<Types><Default Extension='bin' ContentType='application/vnd.ms-excel.sheet.binary.macroEnabled.main'/></Types>"
)


def ods() -> bytes:
    return files.archive(
        {"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<office/>"}
    ).getvalue()


def encrypted_archive() -> bytes:
    content = bytearray(files.workbook([["phone"], ["1"]]).getvalue())
    for signature, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = 0
        while (start := content.find(signature, start)) >= 0:
            content[start + place] |= 1
            start += 4
    return bytes(content)


def archive_of(types: str, part: str) -> bytes:
    return files.archive({"[Content_Types].xml": types, part: "<workbook/>"}).getvalue()


WRONG = [
    ("empty.xlsx", b"", FileProblem.EMPTY),
    ("blank.csv", b"\n\n  \n;;\n", FileProblem.EMPTY),
    ("blank.xlsx", files.workbook([[]]).getvalue(), FileProblem.EMPTY),
    ("headings.csv", b"phone;name\n\n", FileProblem.NO_ROWS),
    ("headings.xlsx", files.workbook([["phone", "name"]]).getvalue(), FileProblem.NO_ROWS),
    ("secret.xlsx", OLE + "EncryptedPackage".encode("utf-16-le"), FileProblem.PASSWORD),
    ("zipped.xlsx", encrypted_archive(), FileProblem.PASSWORD),
    ("letter.doc", OLE + "WordDocument".encode("utf-16-le"), FileProblem.OTHER),
    ("macros.xlsm", archive_of(MACROS, "xl/workbook.xml"), FileProblem.MACROS),
    ("binary.xlsb", archive_of(BINARY, "xl/workbook.bin"), FileProblem.BINARY_EXCEL),
    ("people.ods", ods(), FileProblem.OPEN_DOCUMENT),
    ("people.xlsx", ods(), FileProblem.OPEN_DOCUMENT),
    ("letter.docx", files.archive({"[Content_Types].xml": "", "word/document.xml": ""}).getvalue(), FileProblem.OTHER),
    ("photos.zip", files.archive({"a.png": b""}).getvalue(), FileProblem.OTHER),
    ("people.xls", HTML.encode(), FileProblem.WEB_PAGE),
    ("people.xlsx", f"\ufeff\n <!DOCTYPE html>{HTML}".encode(), FileProblem.WEB_PAGE),
    ("people.csv", HTML.encode("utf-16"), FileProblem.WEB_PAGE),
    ("people.xml", b"<?xml version='1.0'?><Workbook/>", FileProblem.WEB_PAGE),
    ("people.xlsx", TABLE.encode(), FileProblem.MISNAMED),
    ("people.XLS", TABLE.encode(), FileProblem.MISNAMED),
    ("people.csv", files.workbook([["phone"], ["1"]]).getvalue(), FileProblem.MISNAMED),
    ("people.xlsx", b"PK\x03\x04 and then nothing", FileProblem.DAMAGED),
    ("~$people.xlsx", b"\x05Olena" + b" " * 159, FileProblem.LOCK),
    ("C:\\lists\\~$people.xlsx", b"\x05Olena", FileProblem.LOCK),
    (".~lock.people.csv#", b",olena,host,27.11.2026 10:00,file:///;", FileProblem.LOCK),
    ("people.xlsx", b"%PDF-1.7", FileProblem.OTHER),
    ("people.xlsx", files.archive({"Index/Document.iwa": b""}).getvalue(), FileProblem.OTHER),
    ("price.pdf", b"%PDF-1.7\n%\xe2\xe3", FileProblem.OTHER),
    ("photo.csv", b"\x89PNG\r\n\x1a\n\x00\x00", FileProblem.OTHER),
    ("noise.csv", bytes(range(1, 256)) * 4, FileProblem.FORMAT),
    ("zeros.csv", b"\x00" * 4096, FileProblem.FORMAT),
]


@pytest.mark.parametrize(("name", "content", "problem"), WRONG, ids=lambda value: str(value)[:20])
def test_a_wrong_file_ends_in_one_sentence(name: str, content: bytes, problem: FileProblem) -> None:
    with pytest.raises(SpreadsheetError) as raised:
        list(files.read(io.BytesIO(content), name).rows())
    assert raised.value.code == problem


def test_a_file_that_is_too_large_is_not_read() -> None:
    with pytest.raises(SpreadsheetError, match="1 MB") as raised:
        files.read(files.text("phone\n" + "1\n" * 600), limits=Limits(max_rows=10, max_bytes=1000))
    assert raised.value.code == FileProblem.LARGE


def test_the_bounds_are_those_of_the_settings(configure) -> None:
    configure(IMPORT_MAX_ROWS=2)
    table = files.read(files.text("phone\n0971234567\n0971234567\n0971234567\n"))
    with pytest.raises(SpreadsheetError, match="more than 2 rows"):
        list(table.rows())


@pytest.mark.parametrize("name", ["people", "people.CSV", "people.txt", "C:\\temp\\people.csv", "../../etc/passwd", ""])
def test_what_a_file_is_called_matters_little(name: str) -> None:
    assert files.values(files.read(files.text(TABLE), name)) == [["0971234567", "Олена"]]


@given(
    st.binary(max_size=400), st.sampled_from([b"", b"PK\x03\x04", OLE[:8], b"phone;name\n", b"\xff\xfe", b"sep=;\n"])
)
@settings(deadline=None)
def test_whatever_the_bytes_are_they_are_a_table_or_a_sentence(content: bytes, beginning: bytes) -> None:
    with contextlib.suppress(SpreadsheetError):
        list(files.read(io.BytesIO(beginning + content)).rows())


def test_every_problem_has_one_sentence_that_says_what_to_do() -> None:
    assert set(FILE_MESSAGES) == set(FileProblem)
    assert set(ROW_MESSAGES) == set(RowProblem)
    advice = ("choose", "save", "split", "add", "upload", "copy", "rename", "correct", "enter", "type", "put")
    with override("en"):
        for sentence in map(str, [*FILE_MESSAGES.values(), *ROW_MESSAGES.values()]):
            assert sentence.endswith(".")
            assert sentence.count(". ") == 0
            assert any(word in sentence for word in advice), sentence


def test_a_file_like_an_upload_will_do(tmp_path) -> None:
    path = tmp_path / "people.xlsx"
    path.write_bytes(files.workbook([["phone"], ["0971234567"]]).getvalue())
    with path.open("rb") as file:
        assert files.values(files.read(file, "people.xlsx")) == [["0971234567"]]  # type: ignore[arg-type]
    assert zipfile.is_zipfile(path)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"%PDF-1.7", "a PDF document"),
        (b"\xff\xd8\xff\xe0", "a picture"),
        (files.archive({"word/document.xml": "<a/>"}).getvalue(), "a Word document"),
        (files.archive({"Index/Document.iwa": b""}).getvalue(), "a Numbers document"),
        (files.archive({"a.png": b""}).getvalue(), "an archive"),
    ],
)
def test_a_file_with_another_ending_is_told_what_it_is(content: bytes, words: str) -> None:
    with override("en"), pytest.raises(SpreadsheetError, match=f"This is {words}, not a spreadsheet"):
        files.read(io.BytesIO(content), "people.xlsx")
