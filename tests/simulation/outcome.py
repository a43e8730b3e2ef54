"""What came of one world."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of one seed."""

    seed: int
    digest: str
    steps: int
    broken: tuple[str, ...]
    lines: tuple[str, ...]
    edges: frozenset[tuple[str, str]]
