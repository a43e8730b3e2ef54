"""Files made to take a machine down: each ends in a sentence or a short table, in a process with no memory to spare."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.spreadsheets import files

HEAD = "<row r='1'><c r='A1' t='s'><v>0</v></c></row><row r='2'><c r='A2'><v>971234567</v></c></row>"
MEGABYTE = 1024**2
SPARE_BYTES = 64 * MEGABYTE
PATIENCE_SECONDS = 100

READER = """
import json, os, resource, sys
import django
django.setup()
from viber_messaging.spreadsheets import SpreadsheetError, open_table

held = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (held + int(sys.argv[1]),) * 2)
told = {}
for path in sys.argv[2:]:
    name = os.path.basename(path)
    with open(path, "rb") as file:
        try:
            told[name] = sum(1 for row in open_table(file, name).rows())
        except SpreadsheetError as error:
            told[name] = error.code
print(json.dumps(told))
"""


def sheet(rows: str = "", spaces: int = 0) -> str:
    return f"<worksheet><dimension ref='A1:XFD1048576'/><sheetData>{HEAD}{rows}{' ' * spaces}</sheetData></worksheet>"


def liar(size: int) -> bytes:
    """Return a workbook whose sheet is larger than its table of contents tells."""
    content = files.raw_workbook(sheet(spaces=size)).getvalue()
    return content.replace(len(sheet(spaces=size)).to_bytes(4, "little"), (300).to_bytes(4, "little"))


BLANK = "".join(f"<row r='{number}'><c r='A{number}' s='0'/></row>" for number in range(3, 2**18))
FAR = "<row r='1048576'><c r='XFD1048576'><v>1</v></c></row>"
NESTED = "<row r='3'>" + "<c>" * 200_000
TEXTS = "<sst><si><t>phone</t></si>" + "<si><t>x</t></si>" * 4_200_000 + "</sst>"

HOSTILE = {
    "bomb.xlsx": (lambda: files.raw_workbook(sheet(spaces=300 * MEGABYTE)).getvalue(), "unpacked"),
    "liar.xlsx": (lambda: liar(30 * MEGABYTE), "damaged"),
    "parts.xlsx": (
        lambda: files.raw_workbook(sheet(), **{f"xl__{number}": "" for number in range(10_000)}).getvalue(),
        "unpacked",
    ),
    "blank.xlsx": (lambda: files.raw_workbook(sheet(BLANK)).getvalue(), 1),
    "far.xlsx": (lambda: files.raw_workbook(sheet(FAR)).getvalue(), 1),
    "wide.xlsx": (lambda: files.raw_workbook(sheet("<row r='3'>" + "<c><v>1</v></c>" * 500_000)).getvalue(), "damaged"),
    "nested.xlsx": (lambda: files.raw_workbook(sheet(NESTED)).getvalue(), "damaged"),
    "shared.xlsx": (lambda: files.raw_workbook(sheet(), **{"xl__sharedStrings.xml": TEXTS}).getvalue(), "unpacked"),
    "cell.xlsx": (lambda: files.raw_workbook(sheet("<row><c t='str'><v>" + "x" * 9 * MEGABYTE)).getvalue(), "damaged"),
    "entities.xlsx": (lambda: files.raw_workbook("<!DOCTYPE a [<!ENTITY x 'lol'>]>" + sheet()).getvalue(), "damaged"),
    "line.csv": (lambda: b"phone;name\n" + b"x" * 9 * MEGABYTE, "format"),
    "quote.csv": (lambda: b'phone;name\n0971234567;"' + b"x;\n" * 3 * MEGABYTE, "quotes"),
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
    command = [sys.executable, "-c", READER, str(SPARE_BYTES), *map(str, paths)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_SECONDS)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {name: outcome for name, (_make, outcome) in HOSTILE.items()}
