"""Workbooks that no program should write, each broken in one way."""

from collections.abc import Callable, Mapping

from tests.fuzz.archives import again, packed
from tests.spreadsheets import files

HEAD = "<row r='1'><c r='A1' t='s'><v>0</v></c></row>"
KINDS = ("n", "s", "d", "b", "e", "x", "")
VALUES = ("-1", "1e999", "nan", "9" * 400, "2026-02-30", "PT30H", "\u0663", "1_0")
FORMAT = '[&lt;=9]0;[&gt;1]"№"#,##0.0?,,;@'
STYLES = (
    f"<numFmts><numFmt numFmtId='200' formatCode='{FORMAT}'/></numFmts>"
    "<cellXfs><xf numFmtId='200'/><xf numFmtId='46'/></cellXfs>"
)
ENTITIES = "<!DOCTYPE a [<!ENTITY x 'lol'>]>" + files.PARTS["xl/workbook.xml"]


def broken(rows: str, **parts: str) -> bytes:
    return again(files.raw_workbook(files.sheet_of(HEAD + rows), **parts).getvalue())


def cell(at: str = "", value: object = 971234567, kind: str = "n", style: int = 0) -> str:
    address = f" r='{at}'" if at else ""
    return f"<c{address} t='{kind}' s='{style}'><v>{value}</v></c>"


def row(number: int, *cells: str) -> str:
    return f"<row r='{number}'>{''.join(cells)}</row>"


def wrong_values() -> bytes:
    return broken("".join(f"<row>{cell(value=value, kind=kind)}</row>" for kind in KINDS for value in VALUES))


def shown_otherwise() -> bytes:
    cells = [
        cell("A2"),
        cell("B2", -1234.5),
        cell("C2", "1e29"),
        cell("D2", 1.5, style=1),
        cell("E2", "-1e300", style=1),
    ]
    return broken(row(2, *cells), **files.styled(STYLES))


BROKEN_WORKBOOKS: Mapping[str, Callable[[], bytes]] = {
    "broken-cut.xlsx": lambda: broken(row(2, cell("A2")))[:900],
    "broken-contents.xlsx": lambda: broken(row(2, cell("A2"))).replace(b"PK\x01\x02", b"PK\x01\x03", 1),
    "broken-no-sheet.xlsx": lambda: packed({name: part.encode() for name, part in files.PARTS.items()}),
    "broken-entities.xlsx": lambda: broken(row(2, cell("A2")), **{"xl__workbook.xml": ENTITIES}),
    "broken-no-end.xlsx": lambda: broken("<row r='2'><c r='A2'><v>971234567</v>"),
    "broken-rows-out-of-order.xlsx": lambda: broken(row(5, cell("A5")) + row(2, cell("A2")) + row(9, cell("A9"))),
    "broken-cells-out-of-order.xlsx": lambda: broken(row(2, cell("C2", 1), cell("A2"), cell("Q"), cell("A2", 2))),
    "broken-far-cells.xlsx": lambda: broken(row(1048576, cell("XFD1048576")) + row(2, cell("ALM2"))),
    "broken-values.xlsx": wrong_values,
    "broken-escapes.xlsx": lambda: broken(row(2, cell("A2", "_x000D_a_xD800__x005F_x0041_ _xFFFF_", "str"))),
    "broken-formats.xlsx": shown_otherwise,
}
