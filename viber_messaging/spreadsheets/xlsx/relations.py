"""The relations by which the parts of a workbook refer to each other."""

import posixpath
from typing import NamedTuple

from viber_messaging.spreadsheets.xlsx import events
from viber_messaging.spreadsheets.xlsx.archive import Parts


class Relation(NamedTuple):
    """A part that is referred to, and the kind of relation."""

    kind: str
    part: str


class Relations(events.Handler):
    """The parts that a part refers to, by ID and by kind."""

    def __init__(self, parts: Parts, part: str) -> None:
        self.folder, name = posixpath.split(part)
        self.by_id: dict[str, Relation] = {}
        self.by_kind: dict[str, str] = {}
        with parts.open(posixpath.join(self.folder, "_rels", f"{name}.rels")) as stream:
            events.parse(stream, self)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Record one relation; paths are relative to the part's folder, or absolute with a leading slash."""
        target = attributes.get("Target", "").replace("\\", "/")
        if name == "Relationship" and target:
            path = posixpath.normpath(posixpath.join("/", self.folder, target)).lstrip("/")
            kind = attributes.get("Type", "").rpartition("/")[2]
            self.by_id[attributes.get("Id", "")] = Relation(kind, path)
            self.by_kind.setdefault(kind, path)
