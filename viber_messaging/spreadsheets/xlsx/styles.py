"""The styles of a workbook that show a number as something else: a date, a time, a custom format."""

from collections.abc import Mapping
from typing import TypeAlias

from openpyxl.styles.numbers import BUILTIN_FORMATS

from viber_messaging.spreadsheets.values.formats import Shape, shape_of
from viber_messaging.spreadsheets.xlsx import events
from viber_messaging.spreadsheets.xlsx.archive import Parts

Styles: TypeAlias = Mapping[str, Shape]
"""The relevant styles, by the key that cells use."""


class StyleHandler(events.Handler):
    """Records the number format of each cell style, in order."""

    def __init__(self) -> None:
        self.formats = dict(BUILTIN_FORMATS)
        self.cell_formats: list[int] = []
        self.is_in_cell_styles = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Record a number format, or the one that a cell style uses."""
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


def read_styles(parts: Parts, part: str | None) -> Styles:
    """Return the styles that show numbers as something else."""
    if part is None or part not in parts:
        return {}
    handler = StyleHandler()
    with parts.open(part) as stream:
        events.parse(stream, handler)
    shapes = [shape_of(handler.formats.get(key, "")) for key in handler.cell_formats]
    return {str(place): shape for place, shape in enumerate(shapes) if shape}
