"""Every wrong file ends in one sentence at the form, and nothing of it is kept."""

import io
import zipfile

import pytest

from tests.admin.imports.conftest import PEOPLE, page_after, press, upload, url_of
from tests.spreadsheets import files
from viber_messaging.models import StagedImport

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


def bomb() -> io.BytesIO:
    """Return a workbook whose sheet is 300 MB of zeros."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.PARTS.items():
            archive.writestr(name, content)
        with archive.open("xl/worksheets/sheet1.xml", "w") as sheet:
            for _megabyte in range(300):
                sheet.write(bytes(1024 * 1024))
    return file


def entities() -> io.BytesIO:
    return files.raw_workbook(
        '<!DOCTYPE a [<!ENTITY b "x"><!ENTITY c SYSTEM "file:///etc/passwd">]>'
        + files.sheet_of('<row r="1"><c t="inlineStr"><is><t>&b;&c;</t></is></c></row>')
    )


FILES = {
    "S21 a zip bomb": (bomb, "a.xlsx", "far larger than"),
    "S22 entities": (entities, "a.xlsx", "damaged"),
    "S25 a password": (lambda: io.BytesIO(OLE + "EncryptedPackage".encode("utf-16-le")), "a.xlsx", "password"),
    "S25 a text renamed": (lambda: files.text("phone\n0971234567\n"), "a.xlsx", "ends in .xlsx"),
    "S25 a workbook renamed": (lambda: files.workbook(PEOPLE), "a.csv", "ends in .csv"),
    "S25 a web page renamed": (lambda: files.text("<html><table><tr><td>1"), "a.xls", "web page"),
    "S25 another document": (lambda: io.BytesIO(OLE), "a.doc", "not a spreadsheet"),
    "S25 a damaged workbook": (lambda: io.BytesIO(b"PK\x03\x04 and then nothing"), "a.xlsx", "damaged"),
    "S26 an empty file": (io.BytesIO, "a.xlsx", "is empty"),
    "S26 an empty workbook": (lambda: files.workbook([]), "a.xlsx", "is empty"),
    "S26 headings only": (lambda: files.workbook([("phone", "name")]), "a.xlsx", "no rows below"),
    "S14 two columns of one name": (
        lambda: files.workbook([("phone", "x", "x"), ("1", "2", "3")]),
        "a.xlsx",
        "Two columns",
    ),
    "S34 JSON": (lambda: files.text('{"phone": ["0971234567"]}'), "a.json", "no rows below"),
    "S34 a picture": (lambda: io.BytesIO(b"\x89PNG\r\n\x1a\n" + bytes(99)), "a.png", "not a spreadsheet"),
    "S34 binary": (lambda: io.BytesIO(bytes(range(256)) * 9), "a.dbf", "not a spreadsheet"),
    "quotation marks": (lambda: files.text("phone,name\n" + '097,"a"b\n' * 2000), "a.csv", "quotation marks"),
}


@pytest.mark.parametrize("case", FILES)
def test_a_wrong_file_ends_in_a_sentence(importer, case):
    make, name, words = FILES[case]
    answer = upload(importer, make(), name)
    assert answer.status_code == 200
    page = answer.content.decode()
    assert words in page.split("errorlist")[1].split("</ul>")[0]
    assert not StagedImport.objects.exists()


def test_s27_too_many_rows_are_refused_while_they_are_read(importer, configure):
    configure(IMPORT_MAX_ROWS=2)
    answer = upload(importer, [*PEOPLE, ("0671234567", "", "")])
    assert "more than 2 rows" in answer.content.decode()
    assert not StagedImport.objects.exists()


@pytest.mark.parametrize("megabytes", [2, 9])
def test_s27_too_large_a_file_is_refused_while_it_arrives(importer, configure, megabytes, monkeypatch):
    from django.core.files import uploadhandler

    arrived = []
    keep = uploadhandler.TemporaryFileUploadHandler.receive_data_chunk
    monkeypatch.setattr(
        uploadhandler.TemporaryFileUploadHandler,
        "receive_data_chunk",
        lambda self, data, start: arrived.append(len(data)) or keep(self, data, start),
    )
    configure(IMPORT_MAX_BYTES=1024 * 1024)
    answer = upload(importer, io.BytesIO(b"phone\n" + b"0971234567\n" * 95_326 * megabytes), "a.csv")
    assert "larger than 1 MB" in answer.content.decode()
    assert sum(arrived) <= 1024 * 1024
    assert not StagedImport.objects.exists()


def test_no_file_is_told_too(importer):
    assert "This field is required" in importer.post(url_of("import")).content.decode()


def test_s19_a_cell_at_the_end_of_the_sheet_hangs_nothing(importer):
    book = files.raw_workbook(
        files.sheet_of(
            '<row r="1"><c r="A1" t="inlineStr"><is><t>phone</t></is></c></row>'
            '<row r="2"><c r="A2" t="inlineStr"><is><t>0971234567</t></is></c></row>'
            '<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row>',
            before='<dimension ref="A1:XFD1048576"/>',
        )
    )
    assert "Import 1 recipient" in page_after(importer, upload(importer, book))


def test_s29_control_characters_and_long_names_end_in_rows(importer):
    rows = [("phone", "name"), ("0971234567", "a_x000B_b"), ("0501234567", "x" * 500)]
    page = page_after(importer, upload(importer, rows))
    assert "Invalid: 1" in page
    assert "longer than 200 characters" in page


@pytest.mark.parametrize(
    "name", ["людиʼ <b>.csv", "a\u202excod.csv", "../../etc/passwd.csv", "x" * 300 + ".csv", "noending"]
)
def test_a_strange_file_name_does_no_harm(importer, name):
    answer = upload(importer, files.text("phone\n0971234567\n"), name)
    page = page_after(importer, answer)
    assert "Import 1 recipient" in page
    assert "<b>.csv" not in page
    assert "\u202e" not in page


def test_s36_a_long_file_is_shown_and_imported(importer):
    lines = "".join(f"+38097{number:07},Олена {number}\n" for number in range(20_000))
    answer = upload(importer, files.text("phone,name\n" + lines), "a.csv")
    assert "Import 20000 recipients" in page_after(importer, answer)
    assert "New: 20000." in press(importer, answer)
