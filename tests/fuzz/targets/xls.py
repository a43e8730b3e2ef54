"""Workbooks of an old Excel, as far as the optional reader for them and we get."""

from tests.fuzz.tables import read_table
from tests.fuzz.target import DATA, Target


def read(content: bytes) -> None:
    read_table(content, "people.xls")


XLS = Target(
    name="xls",
    read=read,
    longest=16 * 1024,
    others=sorted(DATA.glob("*.xls")),
)
