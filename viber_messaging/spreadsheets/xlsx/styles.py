"""Which styles of a workbook show a number as something else: a date, a time, a percentage."""

from dataclasses import dataclass
from zipfile import ZipFile

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format

from viber_messaging.spreadsheets.xlsx import events


@dataclass(frozen=True, slots=True, kw_only=True)
class Styles:
    """The styles that matter, as cells refer to them."""

    dates: frozenset[str] = frozenset()
    percents: frozenset[str] = frozenset()


class StyleHandler(events.Handler):
    """Notes the number format of each cell style, by its place."""

    def __init__(self) -> None:
        self.formats = dict(BUILTIN_FORMATS)
        self.cell_formats: list[int] = []
        self.is_in_cell_styles = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Note a number format, or the one that a cell style uses."""
        if name == "numFmt" and "numFmtId" in attributes:
            self.formats[int(attributes["numFmtId"])] = attributes.get("formatCode", "")
        elif name == "cellXfs":
            self.is_in_cell_styles = True
        elif name == "xf" and self.is_in_cell_styles:
            self.cell_formats.append(int(attributes.get("numFmtId", "0")))

    def end(self, name: str) -> None:
        """Leave the cell styles."""
        if name == "cellXfs":
            self.is_in_cell_styles = False


def read_styles(archive: ZipFile, part: str | None) -> Styles:
    """Return the styles that show dates and percentages."""
    if part not in archive.namelist():
        return Styles()
    handler = StyleHandler()
    with archive.open(part) as stream:
        events.parse(stream, handler)
    codes = [(str(place), handler.formats.get(key, "")) for place, key in enumerate(handler.cell_formats)]
    return Styles(
        dates=frozenset(place for place, code in codes if is_date_format(code)),
        percents=frozenset(place for place, code in codes if code.endswith("%")),
    )
