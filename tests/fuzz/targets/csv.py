"""Text tables."""

from tests.fuzz.tables import read_table
from tests.fuzz.target import DATA, Target


def read(content: bytes) -> None:
    read_table(content, "people.csv")


CSV = Target(
    name="csv",
    read=read,
    others=sorted(DATA.glob("*.csv")),
)
