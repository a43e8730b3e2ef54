"""Workbooks with the very parts that Excel 365 writes, to be varied where Excel varies them."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from tests.spreadsheets import files
from viber_messaging.spreadsheets.entities import letter_of

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT = {
    MAIN: "http://purl.oclc.org/ooxml/spreadsheetml/main",
    OFFICE: "http://purl.oclc.org/ooxml/officeDocument/relationships",
}
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
HEADER = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n'

PLAIN, DAY, CLOCK, SPAN, PERCENT, UKRAINIAN_DAY, TEXT = range(7)
FORMATS = (0, 14, 20, 46, 9, 164, 49)
STYLES = (
    f'<styleSheet xmlns="{MAIN}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'mc:Ignorable="x14ac x16r2 xr"><numFmts count="1"><numFmt numFmtId="164" formatCode="[$-422]d mmmm yyyy&quot; р.'
    '&quot;;@"/></numFmts><fonts count="1"><font><sz val="11"/><color theme="1"/><name val="Calibri"/><family val="2"/>'
    '<charset val="204"/><scheme val="minor"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/>'
    '</fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/>'
    '<bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" '
    'borderId="0"/></cellStyleXfs><cellXfs count="7">'
    + "".join(
        f'<xf numFmtId="{code}" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>' for code in FORMATS
    )
    + '</cellXfs><cellStyles count="1"><cellStyle name="Звичайний" xfId="0" builtinId="0"/></cellStyles>'
    '<dxfs count="0"/><tableStyles count="0" defaultTableStyle="TableStyleMedium2"/></styleSheet>'
)
APP = (
    '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties">'
    "<Application>Microsoft Excel</Application><DocSecurity>0</DocSecurity><ScaleCrop>false</ScaleCrop>"
    "<AppVersion>16.0300</AppVersion></Properties>"
)
TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
CONTENT_TYPES = (
    f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-'
    'package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{TYPES}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{TYPES}.worksheet+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{TYPES}.styles+xml"/>'
    f'<Override PartName="/xl/sharedStrings.xml" ContentType="{TYPES}.sharedStrings+xml"/></Types>'
)


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A cell as its XML says it: the kind, the value as written, the style, and whether a formula gave it."""

    kind: str = ""
    value: str | None = None
    style: int = PLAIN
    formula: str = ""
    is_inline: bool = False


@dataclass(frozen=True, kw_only=True)
class Habits:
    """What differs from one version of Excel, or one program that writes as Excel does, to another."""

    is_strict: bool = False
    counts_from_1904: bool = False
    has_absolute_targets: bool = False
    has_addresses: bool = True
    prefix: str = ""
    encoding: str = "UTF-8"


def text(value: str, style: int = PLAIN) -> Cell:
    """Return a cell with a shared text."""
    return Cell(kind="s", value=f"<t{space(value)}>{escape(value)}</t>", style=style)


def rich(*runs: str) -> Cell:
    """Return a cell with a shared text of several types, and how it is read aloud."""
    fonts = '<rPr><b/><sz val="11"/><color rgb="FFFF0000"/><rFont val="Calibri"/><charset val="204"/></rPr>'
    pieces = "".join(
        f"<r>{fonts if place else ''}<t{space(run)}>{escape(run)}</t></r>" for place, run in enumerate(runs)
    )
    return Cell(
        kind="s", value=f'{pieces}<rPh sb="0" eb="1"><t>ヨミ</t></rPh><phoneticPr fontId="1" type="noConversion"/>'
    )


def space(value: str) -> str:
    return ' xml:space="preserve"' if value != value.strip() or "\n" in value else ""


def number(value: object, style: int = PLAIN, formula: str = "") -> Cell:
    return Cell(value=str(value), style=style, formula=formula)


def excel_workbook(rows: Sequence[Sequence[Cell | str | None]], habits: Habits = Habits()) -> io.BytesIO:
    """Return a workbook with one sheet; a text is a shared one, None is a cell that is not there."""
    cells = [[text(cell) if isinstance(cell, str) else cell for cell in row] for row in rows]
    texts = dict.fromkeys(c.value or "" for row in cells for c in row if c and c.kind == "s" and not c.is_inline)
    shared = {value: place for place, value in enumerate(texts)}
    parts = {
        "[Content_Types].xml": CONTENT_TYPES,
        "_rels/.rels": relationships({"officeDocument": "xl/workbook.xml", "extended-properties": "docProps/app.xml"}),
        "docProps/app.xml": APP,
        "xl/workbook.xml": workbook_part(habits),
        "xl/_rels/workbook.xml.rels": relationships(targets(habits)),
        "xl/styles.xml": STYLES,
        "xl/sharedStrings.xml": strings_part(list(shared)),
        "xl/worksheets/sheet1.xml": sheet_part(cells, shared, habits),
    }
    return files.archive({name: written(name, part, habits) for name, part in parts.items()})


def written(name: str, part: str, habits: Habits) -> bytes:
    """Return a part as bytes, in the words of the standard that is followed."""
    if habits.is_strict:
        for word, strict in STRICT.items():
            part = part.replace(word, strict)
    if habits.prefix and name.startswith("xl/worksheets"):
        part = prefixed(part, habits.prefix)
    encoding = habits.encoding if name.startswith("xl/worksheets") else "UTF-8"
    return (HEADER.replace("UTF-8", encoding) + part).encode(encoding)


def prefixed(part: str, prefix: str) -> str:
    """Return a part whose elements all have a prefix."""
    part = part.replace("</", f"</{prefix}:").replace("<", f"<{prefix}:").replace(f"<{prefix}:/", "</")
    return part.replace(f"</{prefix}:{prefix}:", f"</{prefix}:").replace("xmlns=", f"xmlns:{prefix}=", 1)


def targets(habits: Habits) -> dict[str, str]:
    folder = "/xl/" if habits.has_absolute_targets else ""
    return {
        "worksheet": f"{folder}worksheets/sheet1.xml",
        "styles": f"{folder}styles.xml",
        "sharedStrings": f"{folder}sharedStrings.xml",
    }


def relationships(found: Mapping[str, str]) -> str:
    relations = "".join(
        f'<Relationship Id="rId{place}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for place, (kind, target) in enumerate(found.items(), start=1)
    )
    return f'<Relationships xmlns="{PACKAGE}/relationships">{relations}</Relationships>'


def workbook_part(habits: Habits) -> str:
    return (
        f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}" '
        'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" mc:Ignorable="x15" '
        'xmlns:x15="http://schemas.microsoft.com/office/spreadsheetml/2010/11/main">'
        '<fileVersion appName="xl" lastEdited="7" lowestEdited="7" rupBuild="22228"/>'
        f'<workbookPr date1904="{int(habits.counts_from_1904)}" defaultThemeVersion="166925"/>'
        '<mc:AlternateContent><mc:Choice Requires="x15"><x15ac:absPath url="C:\\Users\\Olena\\Documents\\" '
        'xmlns:x15ac="http://schemas.microsoft.com/office/spreadsheetml/2010/11/ac"/></mc:Choice></mc:AlternateContent>'
        '<bookViews><workbookView xWindow="0" yWindow="0" windowWidth="28800" windowHeight="12225"/></bookViews>'
        '<sheets><sheet name="Аркуш1" sheetId="1" r:id="rId1"/></sheets><calcPr calcId="191029"/></workbook>'
    )


def strings_part(shared: Sequence[str]) -> str:
    items = "".join(f"<si>{item}</si>" for item in shared)
    return f'<sst xmlns="{MAIN}" count="{len(shared)}" uniqueCount="{len(shared)}">{items}</sst>'


def sheet_part(cells: Sequence[Sequence[Cell | None]], shared: Mapping[str, int], habits: Habits) -> str:
    rows = "".join(row_part(place, row, shared, habits) for place, row in enumerate(cells, start=1))
    return (
        f'<worksheet xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheetPr/><dimension ref="A1:H{len(cells)}"/>'
        '<sheetViews><sheetView tabSelected="1" workbookViewId="0"><selection activeCell="B2" sqref="B2"/></sheetView>'
        '</sheetViews><sheetFormatPr defaultRowHeight="15"/><cols><col min="1" max="1" width="13"/></cols>'
        f'<sheetData>{rows}</sheetData><phoneticPr fontId="1" type="noConversion"/>'
        '<pageMargins left="0.7" right="0.7" top="0.75" bottom="0.75" header="0.3" footer="0.3"/></worksheet>'
    )


def row_part(place: int, row: Sequence[Cell | None], shared: Mapping[str, int], habits: Habits) -> str:
    if not any(row) and habits.has_addresses:
        return ""
    address = f' r="{place}" spans="1:{len(row)}"' if habits.has_addresses else ""
    cells = "".join(
        cell_part(f"{letter_of(column)}{place}", cell or Cell(), shared, habits)
        for column, cell in enumerate(row)
        if cell or not habits.has_addresses
    )
    return f"<row{address}>{cells}</row>"


def cell_part(address: str, cell: Cell, shared: Mapping[str, int], habits: Habits) -> str:
    where = f' r="{address}"' if habits.has_addresses else ""
    style = f' s="{cell.style}"' if cell.style else ""
    if cell.is_inline:
        return f'<c{where}{style} t="inlineStr"><is>{cell.value}</is></c>'
    kind = f' t="{cell.kind}"' if cell.kind else ""
    formula = f"<f>{escape(cell.formula)}</f>" if cell.formula else ""
    if cell.value is None:
        return f"<c{where}{style}{kind}>{formula}</c>" if formula else f"<c{where}{style}/>"
    value = shared[cell.value] if cell.kind == "s" else escape(cell.value)
    return f"<c{where}{style}{kind}>{formula}<v>{value}</v></c>"
