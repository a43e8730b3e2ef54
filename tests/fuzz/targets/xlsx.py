"""Workbooks: the fuzzer changes a part and packs the archive anew, because a changed byte only breaks a checksum."""

from random import Random

from tests.fuzz.archives import packed, parts_of, unpacked_size
from tests.fuzz.tables import read_table
from tests.fuzz.target import DATA, Mutate, Target

BARE_CHANCE = 0.1
"""How often the archive itself is changed."""


def read(content: bytes) -> None:
    read_table(content, "people.xlsx")


def mutate(content: bytes, changed: Mutate, seed: int) -> bytes:
    """Change one part, lose one, or change the archive itself."""
    draw = Random(seed)
    parts = parts_of(content)
    if not parts or draw.random() < BARE_CHANCE:
        return changed(content)
    name = draw.choice(sorted(parts))
    if draw.random() < BARE_CHANCE:
        del parts[name]
    else:
        parts[name] = changed(parts[name])
    return packed(parts)


XLSX = Target(
    name="xlsx",
    read=read,
    longest=32 * 1024,
    size=unpacked_size,
    mutate=mutate,
    others=sorted(DATA.glob("*.xlsx")),
)
