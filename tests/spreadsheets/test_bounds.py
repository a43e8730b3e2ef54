"""Files made to take a machine down: each ends in a sentence or a short table, in a process with no memory to spare."""

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.spreadsheets import files
from viber_messaging.spreadsheets.entities import letter_of

xlwt = pytest.importorskip("xlwt")

HEAD = "<row r='1'><c r='A1' t='s'><v>0</v></c></row><row r='2'><c r='A2'><v>971234567</v></c></row>"
MEGABYTE = 1024**2
SPARE_BYTES = 64 * MEGABYTE
CPU_SECONDS = 60
"""Of all files together; work that grows faster than a file does takes hours."""

READER = """
import json, os, resource, sys, tempfile
import django
django.setup()
from viber_messaging.importing import stage
from viber_messaging.spreadsheets import Role, SpreadsheetError, open_table

held = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (held + int(sys.argv[1]),) * 2)
resource.setrlimit(resource.RLIMIT_CPU, (int(sys.argv[2]),) * 2)
told = {}
for path in sys.argv[3:]:
    name = os.path.basename(path)
    with open(path, "rb") as file, tempfile.TemporaryFile() as rows:
        try:
            table = open_table(file, name)
            told[name] = sum(map(len, stage(table, rows).batches())) if table.column(Role.PHONE) else "asked"
        except SpreadsheetError as error:
            told[name] = error.code
        except MemoryError:
            told[name] = "memory"
print(json.dumps(told))
"""


def sheet(rows: str = "", spaces: int = 0) -> str:
    return f"<worksheet><dimension ref='A1:XFD1048576'/><sheetData>{HEAD}{rows}{' ' * spaces}</sheetData></worksheet>"


def blank_rows() -> str:
    return "".join(f"<row r='{number}'><c r='A{number}' s='0'/></row>" for number in range(3, 2**18))


def liar(size: int) -> bytes:
    """Return a workbook whose sheet is larger than its table of contents tells."""
    content = files.raw_workbook(sheet(spaces=size)).getvalue()
    return content.replace(len(sheet(spaces=size)).to_bytes(4, "little"), (300).to_bytes(4, "little"))


FAR = "<row r='1048576'><c r='XFD1048576'><v>1</v></c></row>"
NESTED = "<row r='3'>" + "<c>" * 200_000
TEXTS = "<sst><si><t>phone</t></si>" + "<si><t>x</t></si>" * 4_200_000 + "</sst>"

FORMAT = f"<numFmts><numFmt numFmtId='200' formatCode='{'[' * 200_000}'/></numFmts>"


def repeated(length: int, columns: int, rows: int, phone: str = "") -> bytes:
    """Return a workbook of wrong rows, or of people, that all refer to one long text."""
    heads = "".join(f"<c r='{letter_of(place)}1' t='str'><v>h{place}</v></c>" for place in range(1, columns + 1))
    cells = "".join(f"<c r='{letter_of(place)}2' t='s'><v>1</v></c>" for place in range(1, columns + 1))
    people = "".join(
        f"<row r='{number}'><c r='A{number}'><v>{phone and 971230000 + number}</v></c>{cells}</row>"
        for number in range(2, rows + 2)
    )
    strings = f"<sst><si><t>phone</t></si><si><t>{'x' * length}</t></si></sst>"
    top = f"<row r='1'><c r='A1' t='s'><v>0</v></c>{heads}</row>"
    return files.raw_workbook(files.sheet_of(top + people), **{"xl__sharedStrings.xml": strings}).getvalue()


def wide_headings(text: str, columns: int) -> bytes:
    """Return a workbook whose headings grow when they are folded."""
    heads = "".join(f"<c r='{letter_of(place)}1' t='s'><v>{place}</v></c>" for place in range(1, columns))
    top = f"<row r='1'><c r='A1' t='s'><v>0</v></c>{heads}</row>"
    titles = "<row r='2'><c r='A2' t='s'><v>0</v></c></row><row r='3'><c r='A3'><v>971234567</v></c></row>"
    texts = "".join(f"<si><t>{place}{text}</t></si>" for place in range(1, columns))
    strings = f"<sst><si><t>phone</t></si>{texts}</sst>"
    return files.raw_workbook(files.sheet_of(top + titles), **{"xl__sharedStrings.xml": strings}).getvalue()


def old_texts(columns: int, rows: int) -> bytes:
    """Return an old workbook of wrong rows that all refer to one long text."""
    book = xlwt.Workbook()
    page = book.add_sheet("a")
    for place in range(columns):
        page.write(0, place, "phone" if place == 0 else f"h{place}")
        for number in range(1, rows + 1):
            page.write(number, place, "x" * 32_000)
    return saved(book)


def old_far() -> bytes:
    """Return an old workbook with a cell in each of its far corners."""
    book = xlwt.Workbook()
    page = book.add_sheet("a")
    page.write(0, 0, "phone")
    page.write(1, 0, "0971234567")
    page.write(0, 255, "x")
    page.write(65_535, 255, "x")
    return saved(book)


def saved(book: Any) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


HOSTILE = {
    "bomb.xlsx": (lambda: files.raw_workbook(sheet(spaces=300 * MEGABYTE)).getvalue(), "unpacked"),
    "liar.xlsx": (lambda: liar(30 * MEGABYTE), "damaged"),
    "parts.xlsx": (
        lambda: files.raw_workbook(sheet(), **{f"xl__{number}": "" for number in range(10_000)}).getvalue(),
        "unpacked",
    ),
    "blank.xlsx": (lambda: files.raw_workbook(sheet(blank_rows())).getvalue(), 1),
    "far.xlsx": (lambda: files.raw_workbook(sheet(FAR)).getvalue(), 1),
    "wide.xlsx": (lambda: files.raw_workbook(sheet("<row r='3'>" + "<c><v>1</v></c>" * 500_000)).getvalue(), "damaged"),
    "nested.xlsx": (lambda: files.raw_workbook(sheet(NESTED)).getvalue(), "damaged"),
    "shared.xlsx": (lambda: files.raw_workbook(sheet(), **{"xl__sharedStrings.xml": TEXTS}).getvalue(), "unpacked"),
    "cell.xlsx": (lambda: files.raw_workbook(sheet("<row><c t='str'><v>" + "x" * 9 * MEGABYTE)).getvalue(), "damaged"),
    "entities.xlsx": (lambda: files.raw_workbook("<!DOCTYPE a [<!ENTITY x 'lol'>]>" + sheet()).getvalue(), "damaged"),
    "texts.xlsx": (lambda: repeated(99_000, columns=1000, rows=6), "unpacked"),
    "rows.xlsx": (lambda: repeated(99_000, columns=10, rows=400), "unpacked"),
    "refused.xlsx": (lambda: repeated(99_000, columns=10, rows=200), 200),
    "attributes.xlsx": (lambda: repeated(1000, columns=990, rows=190, phone="0"), 190),
    "headings.xlsx": (lambda: wide_headings("\ufdfa" * 90_000, 11), 2),
    "attribute.xlsx": (lambda: files.raw_workbook(sheet(f"<row a='{'x' * 19 * MEGABYTE}'/>")).getvalue(), "damaged"),
    "comment.xlsx": (lambda: files.raw_workbook(sheet(f"<!--{'x' * 19 * MEGABYTE}-->")).getvalue(), "damaged"),
    "format.xlsx": (lambda: files.raw_workbook(sheet(), **files.styled(FORMAT)).getvalue(), 1),
    "texts.xls": (lambda: old_texts(columns=200, rows=20), "unpacked"),
    "refused.xls": (lambda: old_texts(columns=30, rows=150), 150),
    "far.xls": (lambda: old_far(), 1),
    "line.csv": (lambda: b"phone;name\n" + b"x" * 9 * MEGABYTE, "format"),
    "quote.csv": (lambda: b'phone;name\n0971234567;"' + b"x;\n" * 3 * MEGABYTE, "long"),
    "quotes.csv": (lambda: b"phone;name\n0971234567" + b';"\n"' * 2 * MEGABYTE, "format"),
    "rows.csv": (lambda: b"phone\n" + b"0971234567\n" * 600_000, "long"),
    "commas.csv": (lambda: b"phone\n" + b";" * 9 * MEGABYTE, "format"),
}


@pytest.mark.processes
@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory is bounded as Linux does it")
def test_a_hostile_file_takes_neither_memory_nor_time(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in HOSTILE]
    for path in paths:
        path.write_bytes(HOSTILE[path.name][0]())
    command = [sys.executable, "-c", READER, str(SPARE_BYTES), str(CPU_SECONDS), *map(str, paths)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {name: outcome for name, (_make, outcome) in HOSTILE.items()}
